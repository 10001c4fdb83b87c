"""Compress the component suites of Dash that our pages load, so that nobody waits for it at their first visit."""

from importlib.resources import files
from pathlib import Path

from dashapp.browser_files import SETUP_EFFORT, SuiteCache

FILES = {
    "dash": (
        "deps/*.min.js",
        "dash-renderer/build/dash_renderer.min.js",
        "dcc/dash_core_components*.js",
        "dcc/async-graph.js",
        "html/*.min.js",
    ),
    "dash_mantine_components": ("dash_mantine_components.js",),
    "dash_ag_grid": ("dash_ag_grid.min.js", "async-community.js"),
}
FOLDER = Path(__file__).parents[1] / "build" / "suites"


def main() -> None:
    """Fill ``build/suites``; what is there already stays."""
    suites = SuiteCache(FOLDER, SETUP_EFFORT)
    for package, patterns in FILES.items():
        folder = Path(str(files(package)))
        for pattern in patterns:
            for path in sorted(folder.glob(pattern)):
                suites.compressed(path.read_bytes(), "br")


if __name__ == "__main__":
    main()
