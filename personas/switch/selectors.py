"""Where the switch stands."""

from personas.switch.models import SwitchMove


def last_move() -> SwitchMove | None:
    """The newest move, with who made it; None while nobody has touched the switch."""
    return SwitchMove.objects.select_related("by").first()


def generation_is_on() -> bool:
    """Whether replies are written now."""
    last = last_move()
    return last is None or last.state == SwitchMove.State.ON
