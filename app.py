"""Entry point: ``python app.py`` serves the app on this machine. Production: ``python -m dashapp serve``."""

from dashapp.cli.serve import run

if __name__ == "__main__":
    run()
