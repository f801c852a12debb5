"""How moments are written where Django writes them by itself: in the admin's lists and pages."""
