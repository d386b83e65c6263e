"""What Apache Superset runs with under `make test-bi`: nothing outside one folder."""

import os

SECRET_KEY = "only for a test that nobody else can reach"
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['SUPERSET_HOME']}/superset.db"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
FEATURE_FLAGS = {"ALERT_REPORTS": False}
