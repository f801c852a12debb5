"""When a message counts as danger. Log odds of the classifier; each with the reason for it.

`python -m moderation.train` measures on rows that a model has not seen and prints what these give.
"""

# From here on a message is answered by what people wrote. Recall comes first: of a hundred people in danger at most two
# may be missed, and a false alarm costs a visitor one caring question.
ALARM = 0.0

# From here on the words are plain. Between the two it is asked: "혹시 죽고 싶은 마음도 있어?"
SURE = 2.0

# Two short messages are read as one where neither is a danger by itself ("나 오늘" / "옥상이야"). Together they must be
# plainer than one alone: most that is said before has nothing to do with it.
JOINED = 1.0
JOINED_LETTERS = 60  # longer ones say by themselves what they say
