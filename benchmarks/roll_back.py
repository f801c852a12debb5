"""From a promotion or a roll back to the new champion's first whole reply: the real worker, the real model.

The site measures this itself at every move of a champion (ChampionMove.ready_at); here it is made to move.
"""

import json
import statistics
import tempfile
from pathlib import Path

from tests.e2e.site import Site

ROUNDS = 5
MOVES = """
import json, shutil, time
from django.conf import settings
from personas.registry.models import ChampionMove, Persona
from personas.registry.services import adapter_version_register, champion_promote, champion_roll_back

def seconds(persona):
    move = ChampionMove.objects.filter(persona=persona).first()
    for _ in range(600):
        move.refresh_from_db()
        if move.ready_at:
            return move.seconds_to_reply
        time.sleep(0.1)
    raise SystemExit("no reply within a minute")

times = {"promotion": [], "roll back": []}
for number in range(ROUNDS):
    persona = Persona.objects.select_related("champion").get(slug="egen")
    champion = persona.champion
    folder = settings.VAR_DIR / "adapters" / "egen" / f"bench-{number}"
    shutil.copytree(champion.folder, folder)
    version = adapter_version_register(persona=persona, path=folder, manifest=champion.manifest)
    champion_promote(persona=persona, version=version)
    times["promotion"].append(seconds(persona))
    champion_roll_back(persona=persona)
    times["roll back"].append(seconds(persona))
print(json.dumps(times))
"""


def run() -> list[dict]:
    """One row per kind of move: median and slowest of ROUNDS. A promoted version is new to the worker."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            site.start()
            times = json.loads(site.shell(MOVES.replace("ROUNDS", str(ROUNDS))).splitlines()[-1])
        finally:
            site.stop()
    return [
        {
            "move": move,
            "rounds": len(measured),
            "median_s": round(statistics.median(measured), 2),
            "slowest_s": round(max(measured), 2),
        }
        for move, measured in times.items()
    ]
