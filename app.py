"""Entry point: ``python app.py`` serves the app on this machine; gunicorn takes ``app:server``."""

from dashapp.cli.serve import run

if __name__ == "__main__":
    run()
