import resource
import sys

MEMORY = 2 << 30  # bytes of address space, libraries included
SECONDS = 60


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would be the file in plain
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from intake.cleaning import Limits, Uncleanable, clean

    kind, pixels, pages = sys.argv[1:4]
    try:
        copy, mime = clean(kind, sys.stdin.buffer.read(), Limits(int(pixels), int(pages)))
    except Uncleanable as refused:
        sys.stderr.write(refused.reason)
        return 3
    sys.stdout.buffer.write(mime.encode() + b"\n" + copy)
    return 0


if __name__ == "__main__":
    sys.exit(main())
