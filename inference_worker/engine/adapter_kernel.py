"""The adapters beside a product: from what comes in down to their ranks, and from these up to the outputs."""

import numba
import numpy as np

from inference_worker.engine.tiles import TILE, add_lines, find_dots


@numba.njit(error_model="numpy")
def find_spans(mix, rows):
    """Neighbouring ranks that the same rows want, and those rows.

    Args:
        mix: see `joined_linear.Product`.
        rows: how many rows there are, as many for each line of `mix`.

    Returns (bounds, takers, counts): span `s` is the ranks from `bounds[s, 0]` to before `bounds[s, 1]`, wanted by the
    rows `takers[s, : counts[s]]`. Ranks that nobody wants are in none.
    """
    replies, ranks = mix.shape
    bounds, counts = np.empty((ranks, 2), np.int64), np.empty(ranks, np.int64)
    takers, spans = np.empty((ranks, rows), np.int64), 0
    for rank in range(ranks):
        if spans and bounds[spans - 1, 1] == rank and _is_wanted_like_the_one_before(mix, rank):
            bounds[spans - 1, 1] = rank + 1
            continue
        count = 0
        for row in range(rows):
            if mix[row * replies // rows, rank] != 0:
                takers[spans, count] = row
                count += 1
        if count:
            bounds[spans, 0], bounds[spans, 1], counts[spans] = rank, rank + 1, count
            spans += 1
    return bounds[:spans], takers, counts


@numba.njit(error_model="numpy")
def _is_wanted_like_the_one_before(mix, rank):
    differences = 0
    for reply in range(len(mix)):
        differences += (mix[reply, rank] != 0) != (mix[reply, rank - 1] != 0)
    return differences == 0


@numba.njit(error_model="numpy")
def go_down(x, down, mix, spans, ranks, part, parts):
    """Write what each row's ranks find in it, times how strongly it wants them, into `ranks`, [layers, rows, ranks].

    It is the share of one of `parts` threads, who take their turns at a few ranks each.
    """
    bounds, takers, counts = spans
    turn = 0
    for layer in range(len(down)):
        for span in range(len(bounds)):
            rows = takers[span, : counts[span]]
            for rank in range(bounds[span, 0], bounds[span, 1], TILE):
                if turn % parts == part:
                    end = min(rank + TILE, bounds[span, 1])
                    find_dots(x, down[layer], rows, rank, end, ranks[layer])
                    _weigh(ranks[layer], mix, rows, rank, end)
                turn += 1


@numba.njit(error_model="numpy")
def _weigh(ranks, mix, rows, first, last):
    for row in rows:
        for rank in range(first, last):
            ranks[row, rank] *= mix[row * len(mix) // len(ranks), rank]


@numba.njit(error_model="numpy")
def go_up(ranks, up, spans, start, end, out):
    """Add what each row's ranks, [rows, ranks], come to, in the outputs from `start` to before `end`, if any."""
    bounds, takers, counts = spans
    for span in range(len(bounds)):
        add_lines(ranks, up, takers[span, : counts[span]], bounds[span, 0], bounds[span, 1], start, end, out)
