"""When a message counts as danger. Log odds of the classifier; each with the reason for it.

`python -m moderation.train` measures on rows that a model has not seen and prints what these give.
"""

# From here on a message is answered by what people wrote. It would rather ask too often: on unseen rows 2.3 % of
# everyday messages are asked about, and half a point lower 1.3 % more, for hardly one more of a hundred in danger.
# Letters do not tell more: states of the 270M base beside them, words in pairs and a kernel gave the same curve.
ALARM = -3.0

# From here on the words are plain; on unseen rows that is one everyday message in two hundred. Between the two it is
# asked ("혹시 죽고 싶은 마음도 있어?"), and a no ends it.
SURE = -0.5
# A sentence of a long text has to be plain: the more sentences there are, the likelier one of them only sounds like it.
PART = SURE

# Two short messages are read as one where neither is a danger by itself ("나 오늘" / "옥상이야"). Together they must be
# plainer than one alone: most that is said before has nothing to do with it.
JOINED = -0.5
JOINED_LETTERS = 60  # longer ones say by themselves what they say
