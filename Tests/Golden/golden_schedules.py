"""Learning rates per optimiser step, by torch.optim.lr_scheduler. Entry t is the rate that step t (from 0) uses."""

import torch
from torch.optim import lr_scheduler


def rates(steps: int, base: float, make_scheduler) -> list[float]:
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    scheduler = make_scheduler(optimiser)
    out = []
    for step in range(steps):
        out.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if step + 1 < steps:
            scheduler.step()
    return out


def schedules() -> list[dict]:
    def one(kind: str, steps: int, base: float, make_scheduler, **parameters) -> dict:
        return {"kind": kind, "steps": steps, "base": base, **parameters,
                "rates": rates(steps, base, lambda o: make_scheduler(o, **parameters))}

    constant = lambda o: lr_scheduler.LambdaLR(o, lambda _: 1.0)
    one_cycle = lambda o, total_steps, **p: lr_scheduler.OneCycleLR(
        o, total_steps=total_steps, anneal_strategy="cos", three_phase=False, cycle_momentum=False, **p)
    return [
        one("constant", 5, 1e-3, constant),
        one("step", 11, 1e-2, lr_scheduler.StepLR, step_size=3, gamma=0.5),
        one("step", 6, 1e-3, lr_scheduler.StepLR, step_size=1, gamma=0.1),
        one("cosine", 11, 1e-3, lr_scheduler.CosineAnnealingLR, T_max=10, eta_min=0.0),
        one("cosine", 8, 3e-4, lr_scheduler.CosineAnnealingLR, T_max=7, eta_min=1e-6),
        one("one-cycle", 12, 1e-3, one_cycle, total_steps=12, max_lr=1e-3, pct_start=0.3, div_factor=25.0,
            final_div_factor=1e4),
        one("one-cycle", 20, 1e-3, one_cycle, total_steps=20, max_lr=0.01, pct_start=0.25, div_factor=10.0,
            final_div_factor=100.0),
    ]
