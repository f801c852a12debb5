"""Two wordings of one question side by side: who is given which, what came of it, and which one stays."""
