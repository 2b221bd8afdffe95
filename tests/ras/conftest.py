"""How the laws are tried: the same examples on every machine, and enough of them."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "ci",
    derandomize=True,  # a red build is red for everyone, and green the next time for nobody by chance
    deadline=None,  # machines differ; a slow one is not wrong
    max_examples=40,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],  # a whole policy takes many draws
)
settings.register_profile("deep", settings.get_profile("ci"), derandomize=False, max_examples=400)
settings.load_profile("ci")
