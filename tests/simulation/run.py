"""Runs the simulation from the command line: one seed again, or many for a long time.

    python -m tests.simulation.run --seed 7 --steps 2000
    python -m tests.simulation.run --seeds 500 --engine dynamodb

Prints a line a seed; ends with 1 at the first seed that fails.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext

from tests.simulation.simulate import SimulationFailed, simulate
from tests.storage.engines import moto_clients


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Formatter)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many, one after the other")
    parser.add_argument("--steps", type=int, default=2_000, help="scheduling decisions a seed")
    parser.add_argument("--engine", choices=("sqlite", "dynamodb"), default="sqlite")
    parser.add_argument("--trace", action="store_true", help="print every request's end")
    given = parser.parse_args()
    with moto_clients() if given.engine == "dynamodb" else nullcontext() as clients:
        for seed in range(given.seed, given.seed + given.seeds):
            try:
                run = simulate(seed, given.steps, given.engine, clients=clients)
            except SimulationFailed as failure:
                print(failure)
                return 1
            print(f"seed {seed}: {dict(sorted(run.stages.items()))} faults {dict(run.faults)}")
            if given.trace:
                print("\n".join(run.trace))
                print(dict(sorted(run.ends.items())))
    return 0


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Keeps the examples' lines."""


if __name__ == "__main__":
    raise SystemExit(main())
