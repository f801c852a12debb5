"""When a message counts as danger. Log odds of the classifier; each with the reason for it.

`python -m moderation.train` measures on rows that a model has not seen and prints what these give.
"""

# From here on a message is answered by what people wrote. Of messages that nobody had seen (535 of danger, 740 everyday
# ones) -1.5 hears 84 % of one's own harm and asks about 3.4 % of the everyday ones; -3 hears 89 % and asks about 7.4 %,
# one message in fourteen, and who is asked for nothing again and again reads past it. Letters tell no more; rows do.
ALARM = -1.5

# From here on the words are plain; of unseen everyday messages that is one in a hundred. Between the two it is
# asked ("혹시 죽고 싶은 마음도 있어?"), and a no ends it.
SURE = -0.5

# What is left of a message about somebody young, once their age is taken out, has to say at least this much: to say how
# old one is is no danger. Of the rows about minors all say more, of "나 중3이야" and the like what is left says less.
BESIDES_AGE = -3.0

# A sentence of a long text has to be plain: the more sentences there are, the likelier one of them only sounds like it.
PART = SURE

# A persona's reply, at the desk. Of 4,000 written replies 10 % lie above SURE, 2.6 % above this; of test messages of
# danger 71 % and 53 %. The message that a reply answers is read at the thresholds above all the same.
REPLY = 2.0

# Two short messages are read as one where neither is a danger by itself ("나 오늘" / "옥상이야"). Together they must be
# plainer than one alone: most that is said before has nothing to do with it.
JOINED = 1.0
JOINED_LETTERS = 60  # longer ones say by themselves what they say
