"""How well does one dimension, computed from dyad_year alone, match published ideal points?

    python tables.py DIR IDEAL_POINTS.csv

DIR is a folder that ``kg tables`` wrote, and IDEAL_POINTS.csv the estimates of Bailey, Strezhnev
and Voeten (doi:10.7910/DVN/LEJUQZ). For each of their years it prints the correlation of the points
on final passage with the first principal component of the agreement of states. It needs pandas.
"""

import sys

import numpy as np
import pandas as pd

COLUMNS = ["state1", "state1Cow", "state2", "state2Cow", "year", "votes", "lijphartContested"]
CODES = {"state1Cow": "Int64", "state2Cow": "Int64"}


def read_pairs(folder: str) -> pd.DataFrame:
    """Return the pairs on final passage; the key of Namibia and others are texts, never missing."""
    parts = pd.read_csv(
        f"{folder}/dyad_year.csv.gz", usecols=COLUMNS, dtype=CODES, keep_default_na=False,
        na_values=[""], chunksize=250_000,
    )  # fmt: skip
    return pd.concat(part[part["votes"] == "final passage"] for part in parts)


def first_dimension(pairs: pd.DataFrame) -> pd.Series:
    """Return the first principal component of the agreement of states in a year."""
    states = pd.Index(sorted({*pairs["state1"], *pairs["state2"]}))
    agreement = np.full((len(states), len(states)), np.nan)
    first, second = states.get_indexer(pairs["state1"]), states.get_indexer(pairs["state2"])
    agreement[first, second] = agreement[second, first] = pairs["lijphartContested"]
    np.fill_diagonal(agreement, 1)
    agreement = np.where(np.isnan(agreement), np.nanmean(agreement), agreement)
    centred = agreement - agreement.mean(axis=0)
    centred -= centred.mean(axis=1)[:, np.newaxis]
    return pd.Series(np.linalg.eigh(centred)[1][:, -1], index=states)


def main(folder: str, file: str) -> None:
    """Print the correlation by year."""
    published = pd.read_csv(file, keep_default_na=False, na_values=["", "NA"])
    values = []
    print("year  states  correlation")
    for year, pairs in read_pairs(folder).groupby("year"):
        codes = pd.concat(
            pairs[[f"{name}", f"{name}Cow"]].set_axis(["state", "ccode"], axis=1)
            for name in ("state1", "state2")
        ).drop_duplicates("state")
        codes["dimension"] = codes["state"].map(first_dimension(pairs))
        both = codes.merge(published[published["year"] == year], on="ccode").dropna(
            subset=["dimension", "idealpointfp"]
        )
        if len(both) > 2:
            values.append(abs(both["dimension"].corr(both["idealpointfp"])))
            print(f"{year}  {len(both):6}  {values[-1]:11.3f}")
    print(f"median        {np.median(values):11.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
