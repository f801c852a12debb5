"""A team's places on one map, behind a link: who joins, who leaves, where everyone stands, live."""
