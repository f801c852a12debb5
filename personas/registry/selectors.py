"""What the registry is asked: personas, their champions, and what came before."""

import secrets

from django.db.models import QuerySet

from personas.registry.models import AdapterVersion, ChampionMove, Persona


class PersonaUnknown(LookupError):
    """No persona has this slug."""

    def __init__(self, slug: str) -> None:
        known = ", ".join(Persona.objects.values_list("slug", flat=True)) or "none; run `manage.py load_personas` first"
        super().__init__(f"There is no persona {slug!r}. Known: {known}.")


def persona_get(*, slug: str) -> Persona:
    """The persona with this slug, public or not. Raises PersonaUnknown."""
    try:
        return Persona.objects.select_related("champion").get(slug=slug)
    except Persona.DoesNotExist:
        raise PersonaUnknown(slug) from None


def personas_active() -> QuerySet[Persona]:
    """Personas one can chat with, in the order they are shown."""
    return Persona.objects.filter(is_active=True).select_related("champion__persona")


def champion_for(persona: Persona, base_hash: str | None = None) -> AdapterVersion | None:
    """The version that new replies pin, read anew: the pointer moves while processes run.

    With `base_hash`, None as well where the champion was made for another base.
    """
    version = AdapterVersion.objects.filter(pk__in=Persona.objects.filter(pk=persona.pk).values("champion"))
    if base_hash is not None:
        version = version.filter(base_hash=base_hash)
    return version.select_related("persona").first()


def champion_before(persona: Persona) -> AdapterVersion | None:
    """Where rolling back leads: the champion that stood when the present one was put up, if both are for one base.

    Steps made by rolling back don't count, so that a second roll back goes further back instead of forth again.
    """
    put_up = (
        ChampionMove.objects.filter(persona=persona, version=persona.champion)
        .exclude(reason=ChampionMove.Reason.ROLLBACK)
        .select_related("version", "previous__persona")
        .first()
    )
    if put_up is None or put_up.version is None or put_up.previous is None:
        return None
    return put_up.previous if put_up.previous.base_hash == put_up.version.base_hash else None


def champion_on_base(persona: Persona, base_hash: str) -> AdapterVersion | None:
    """The last champion that was made for this base."""
    move = ChampionMove.objects.filter(persona=persona, version__base_hash=base_hash).select_related("version").first()
    return move.version if move else None


def candidate_for_canary(persona: Persona) -> AdapterVersion | None:
    """Whom a comparison about to be made should set against the champion: the candidate in the persona's share of
    cases, drawn by lot; None in the others, where there is no candidate, and where it is made for another base."""
    persona.refresh_from_db(fields=["candidate", "champion", "canary_percent"])
    if persona.candidate is None or persona.champion is None or secrets.randbelow(100) >= persona.canary_percent:
        return None
    return persona.candidate if persona.candidate.base_hash == persona.champion.base_hash else None


def version_among(*, persona: Persona, adapters: list) -> AdapterVersion | None:
    """The persona's own version among a reply's `[[version id, weight], ...]`; none where the base alone wrote it."""
    return AdapterVersion.objects.filter(pk__in=[pk for pk, _weight in adapters], persona=persona).first()


def alias_of(version: AdapterVersion) -> str:
    """What a version is called now: "champion", "candidate", "previous" (where rolling back leads), or nothing."""
    persona = version.persona
    if persona.champion_id == version.pk:
        return "champion"
    if persona.candidate_id == version.pk:
        return "candidate"
    return "previous" if champion_before(persona) == version else ""


def move_get(*, pk: int) -> ChampionMove | None:
    """A step of a champion pointer, with what a worker needs to greet it."""
    return ChampionMove.objects.select_related("persona", "version__persona").filter(pk=pk).first()
