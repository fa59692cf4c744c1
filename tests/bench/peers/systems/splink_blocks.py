"""splink on DuckDB: two blocks (the first three characters, the next four), Jaro-Winkler levels, u only; one thread."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import splink.comparison_library as comparisons
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

DISTRIBUTIONS = ("splink", "duckdb")
_LEVELS = [0.95, 0.88, 0.75]
_PAIRS = 200_000


class Peer:
    """A linker that has seen the names."""

    def __init__(self, names: list[str]) -> None:
        connection = duckdb.connect()
        connection.execute("SET threads TO 1")
        self._api = DuckDBAPI(connection)
        self._names = self._api.register(_rows("n", names), dataset_display_name="names")
        settings = SettingsCreator(
            link_type="link_only",
            comparisons=[comparisons.JaroWinklerAtThresholds("name", _LEVELS)],
            blocking_rules_to_generate_predictions=[block_on("substr(name, 1, 3)"), block_on("substr(name, 4, 4)")],
        )
        sample = self._api.register(_rows("q", names[::10]), dataset_display_name="sample_of_names")
        linker = Linker([self._names, sample], settings, log_level="ERROR")
        linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS, seed=1)
        self._settings = linker.misc.save_model_to_json()
        self._count = 0

    def answer(self, texts: list[str]) -> list[list[float]]:
        """Predict all pairs of the blocks and keep the best of each text."""
        self._count += 1
        queries = self._api.register(_rows("q", texts), dataset_display_name=f"queries{self._count}")
        linker = Linker([self._names, queries], self._settings, log_level="ERROR")
        pairs = linker.inference.predict().as_duckdbpyrelation()
        # The data set called `names` comes before `queries…`, so it is the left side of every pair.
        best = pairs.aggregate(
            "unique_id_r, arg_max(unique_id_l, match_weight), max(match_weight)", "unique_id_r"
        ).fetchall()
        answers = [[-1, 0.0] for _ in texts]
        for query, name, weight in best:
            answers[int(query[1:])] = [int(name[1:]), weight]
        return answers


def _rows(kind: str, names: list[str]) -> pa.Table:
    return pa.table({"unique_id": [f"{kind}{number}" for number in range(len(names))], "name": names})
