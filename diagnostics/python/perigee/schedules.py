"""Learning-rate schedules: perigee.schedules.cosine(initial=0.1, final=0, iterations=500)."""

from . import _core

parse = _core.Schedule
constant = _core.schedules.constant
step_decay = _core.schedules.step_decay
exponential = _core.schedules.exponential
inverse_time = _core.schedules.inverse_time
cosine = _core.schedules.cosine
warm_up_cosine = _core.schedules.warm_up_cosine
robbins_monro = _core.schedules.robbins_monro
logarithmic = _core.schedules.logarithmic
iterated_logarithmic = _core.schedules.iterated_logarithmic
