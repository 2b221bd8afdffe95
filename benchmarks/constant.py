"""The peer: the same FastAPI and uvicorn, answering a constant."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/constant")
async def constant() -> dict[str, str]:
    """Nothing but the framework."""
    return {"status": "constant"}
