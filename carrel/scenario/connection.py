"""Connect to the models that the user who runs a scenario has configured."""

from carrel import config
from carrel.bootstrap import create_chat_model
from carrel.config import Settings
from carrel.errors import NotConfigured
from carrel.protocols import ChatModel


def load_user_settings() -> Settings:
    """Return the settings of the user's own home and environment."""
    return config.load().settings


def connect(name: str) -> ChatModel:
    """Return the model of a name on the configured server. Raise NotConfigured if no server is configured."""
    return create_chat_model(load_user_settings().model_copy(update={"model": name}))


def configured_model_name() -> str:
    """Return the name of the configured model. Raise NotConfigured if none is."""
    model = create_chat_model(load_user_settings())
    if not model.is_language_model:
        raise NotConfigured("No model is configured.", "Set OPENAI_API_KEY or base_url, or run without --live.")
    return model.name
