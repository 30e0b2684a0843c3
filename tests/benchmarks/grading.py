"""How well and how fast open answers are graded: `python -m tests.benchmarks.grading [FILE.jsonl …]`.

Without files: the development answers (tuned and held-back part) and the fresh ones. Prints, for each set,
the confusion table and the measures with 95 % bootstrap intervals; then the time of the first answer in a
new process and the median and 95th percentile of warm ones.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from quiz import bank
from quiz.open_answer import grade
from tests.quiz import labelled
from tests.quiz.labelled import Labelled

FIRST_ANSWER = """
import time
start = time.perf_counter()
from quiz import bank, open_answer
open_answer.grade(bank.chapter()["central-registry"], "Amazon ECR", "fr")
print(time.perf_counter() - start)
"""
MEASURES = (
    labelled.kappa,
    labelled.macro_f1,
    labelled.wrong_as_correct,
    labelled.correct_as_wrong,
)


def report(title: str, answers: Sequence[Labelled]) -> None:
    """Print how the engine agrees with the labels of these answers."""
    pairs = [(answer.label, labelled.verdict(answer)) for answer in answers]
    print(f"\n{title}: {len(pairs)} answers")
    print(f"{'label / verdict':>16}" + "".join(f"{name:>11}" for name in labelled.VERDICTS))
    for name, row in zip(labelled.VERDICTS, labelled.confusion(pairs), strict=True):
        print(f"{name:>16}" + "".join(f"{count:>11}" for count in row))
    for measure in MEASURES:
        low, high = labelled.interval(measure, pairs)
        print(f"{measure.__name__:>16} {measure(pairs):.3f}  [{low:.3f}, {high:.3f}]")
    by_language = {
        lang: labelled.kappa(
            [pair for answer, pair in zip(answers, pairs, strict=True) if answer.lang == lang]
        )
        for lang in ("fr", "en")
    }
    print(f"{'kappa fr, en':>16} {by_language['fr']:.3f}, {by_language['en']:.3f}")


def report_speed(answers: Sequence[Labelled]) -> None:
    """Print the time of the first answer (a new process each) and of warm ones."""
    command = [sys.executable, "-c", FIRST_ANSWER]
    first = [float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(5)]
    questions = bank.chapter()
    times = []
    for answer in answers:
        start = time.perf_counter()
        grade(questions[answer.question], answer.answer, answer.lang)
        times.append(time.perf_counter() - start)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"\nfirst answer: {statistics.median(first) * 1000:.0f} ms (median of {len(first)})")
    print(f"warm: median {statistics.median(times) * 1000:.2f} ms, p95 {p95 * 1000:.2f} ms")


def main(files: Sequence[str]) -> None:
    """Report on the given files of the data folder, or on all of them."""
    development = labelled.read("development_answers.jsonl")
    if files:
        for file in files:
            report(file, labelled.read(file))
    else:
        tuned, held_back = labelled.split(development)
        report("development, tuned", tuned)
        report("development, held back", held_back)
        report("fresh", labelled.read("fresh_answers.jsonl"))
        report("fresh, by another hand", labelled.read("fresh_j.jsonl"))
    report_speed(development)


if __name__ == "__main__":
    main(sys.argv[1:])
