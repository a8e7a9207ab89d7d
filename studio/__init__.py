"""All knowledge of video: plain functions over frozen values. Knows no Prefect, no FastAPI, no database."""
