"""How well and how fast open answers are graded: `python -m tests.benchmarks.grading [FILE.jsonl …]`.

Without files: the development answers (tuned and held-back part) and the sets of fresh ones. Prints, for each,
the confusion table, the measures with 95 % intervals (bootstrap; Wilson's for shares) and the gap between the
languages; how exact keywords and TF-IDF cosine do on the held-back part (needs the extra `bench`); the time of the
first answer in a new process and of warm ones; 10,000 answers graded in one process and the memory that takes.
"""

from __future__ import annotations

import itertools
import random
import resource
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence

from quiz import bank
from quiz.open_answer import grade
from quiz.open_answer.normalise import normalise
from quiz.open_answer.tokens import tokenise
from tests.quiz import labelled
from tests.quiz.labelled import Labelled

MANY = 10_000  # answers graded in one process
WARM_UP = 1_000  # … before memory is measured: the thesaurus and the look-ups remembered
MEBIBYTE = 1024 * 1024
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
SETS = {
    "fresh_answers.jsonl": "fresh",
    "fresh_j.jsonl": "fresh, by another hand",
    "fresh_k.jsonl": "fresh, written blind and marked twice",
    "fresh_m.jsonl": "fresh, a second blind set, marked twice",
    "fresh_n.jsonl": "fresh, a third blind set, never learnt from",
}

Grader = Callable[[Labelled], str]


def report(title: str, answers: Sequence[Labelled], grader: Grader = labelled.verdict) -> None:
    """Print how a grader agrees with the labels of these answers."""
    pairs = [(answer.label, grader(answer)) for answer in answers]
    print(f"\n{title}: {len(pairs)} answers")
    print(f"{'label / verdict':>16}" + "".join(f"{name:>11}" for name in labelled.VERDICTS))
    for name, row in zip(labelled.VERDICTS, labelled.confusion(pairs), strict=True):
        print(f"{name:>16}" + "".join(f"{count:>11}" for count in row))
    for measure in MEASURES:
        low, high = labelled.interval(measure, pairs)
        print(f"{measure.__name__:>16} {measure(pairs):.3f}  [{low:.3f}, {high:.3f}]")
    by_language = {
        lang: [pair for answer, pair in zip(answers, pairs, strict=True) if answer.lang == lang]
        for lang in ("fr", "en")
    }
    for measure in (labelled.kappa, labelled.macro_f1):
        fr, en = (measure(by_language[lang]) for lang in ("fr", "en"))
        low, high = labelled.gap_interval(measure, by_language["fr"], by_language["en"])
        print(
            f"{measure.__name__ + ' fr, en':>16} {fr:.3f}, {en:.3f}; gap {fr - en:+.3f}  [{low:+.3f}, {high:+.3f}]"
        )


def keyword_grader() -> Grader:
    """Marks by the words that the thesaurus has for the rubric's ideas, exactly as written and without polarity.

    All required ideas make an answer correct, some make it partial; wrong ideas are counted against it in the
    same way, so that the comparison shows what reading adds and not what a poorer scheme lacks.
    """
    from quiz.open_answer import thesaurus

    concepts = thesaurus.load().concepts

    def words_of(concept: str) -> list[tuple[str, ...]]:
        plain = []
        for form in concepts[concept].forms:
            if form.is_name and len(form.phrases) == 1:
                choices = [
                    [a for a in e.alternatives if a[0] != "@"]
                    for e in form.phrases[0].elements
                    if not e.optional
                ]
                plain += list(itertools.islice(itertools.product(*choices), 200)) if all(choices) else []
        return [tuple(word.rstrip("*") for word in words) for words in plain]

    known = {id: words_of(id) for id in concepts}

    def says(text: str, concept: str) -> bool:
        return any(f" {' '.join(words)} " in text for words in known[concept])

    def mark(answer: Labelled) -> str:
        rubric = bank.chapter()[answer.question].rubric
        text = f" {' '.join(token.text for token in tokenise(normalise(answer.answer)))} "
        found = [
            [
                idea
                for idea in ideas
                if any(all(says(text, c) for c in needed) for needed in idea.alternatives)
            ]
            for ideas in (rubric.required, rubric.helpful, (*rubric.rejected, *rubric.undoing))
        ]
        required, helpful, wrong = found
        if len(required) >= rubric.needed:
            return "partial" if wrong else "correct"
        return "partial" if (required or helpful) and not wrong else "incorrect"

    return mark


def nearest_text_grader(training: Sequence[Labelled]) -> Grader:
    """Marks as the nearest marked answer to the same question is marked, by the cosine of TF-IDF vectors.

    Words and pairs of words in any language. Raises ModuleNotFoundError without the extra `bench`.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    models = {}
    for id in {answer.question for answer in training}:
        examples = [answer for answer in training if answer.question == id]
        vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode")
        models[id] = (vectors, vectors.fit_transform([answer.answer for answer in examples]), examples)

    def mark(answer: Labelled) -> str:
        vectors, known, examples = models[answer.question]
        likeness = (known @ vectors.transform([answer.answer]).T).toarray().ravel()
        nearest = likeness.argmax()
        return examples[nearest].label if likeness[nearest] > 0 else "incorrect"

    return mark


def report_comparison(tuned: Sequence[Labelled], held_back: Sequence[Labelled]) -> None:
    """Print how simpler graders do on the answers that were held back."""
    report("exact keywords, held back", held_back, keyword_grader())
    try:
        grader = nearest_text_grader(tuned)
    except ModuleNotFoundError:
        print(
            "\nTF-IDF cosine: not measured, scikit-learn is missing. Install the extra: pip install -e '.[bench]'"
        )
        return
    report("TF-IDF cosine, trained on the tuned part, held back", held_back, grader)


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


def report_many(answers: Sequence[Labelled]) -> None:
    """Print the rate and the memory of many answers in this process; each has a word never seen before."""
    draw = random.Random(0)
    questions = bank.chapter()
    many = [
        (questions[a.question], f"{a.answer} {draw.getrandbits(48):x}x", a.lang)
        for a in draw.choices(answers, k=MANY)
    ]
    start = time.perf_counter()
    for question, text, lang in many:
        grade(question, text, lang)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    print(f"\n{MANY} answers: {seconds:.1f} s, {MANY / seconds:.0f} a second; peak memory {peak:.0f} MiB")
    tracemalloc.start()
    for question, text, lang in many[:WARM_UP]:
        grade(question, text, lang)
    before = tracemalloc.get_traced_memory()[0]
    for question, text, lang in many[WARM_UP : 3 * WARM_UP]:
        grade(question, text, lang)
    grown = (tracemalloc.get_traced_memory()[0] - before) / MEBIBYTE
    tracemalloc.stop()
    print(f"memory kept after {2 * WARM_UP} more answers: {grown:+.2f} MiB")


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
        for file, title in SETS.items():
            report(title, labelled.read(file))
        report_comparison(tuned, held_back)
    every = [*development, *(answer for file in SETS for answer in labelled.read(file))]
    report_speed(every)
    report_many(every)


if __name__ == "__main__":
    main(sys.argv[1:])
