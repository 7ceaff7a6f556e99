"""Write the generated documents: `python -m tests.golden.regenerate`."""

from tests.golden.documents import ROOT, generated


def main() -> None:
    """Write every one that is not current, and say which."""
    for path, text in generated().items():
        file = ROOT / path
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            print(f"written: {path}")


if __name__ == "__main__":
    main()
