"""The engine of Unrolled: recurrent networks, forward and backward through time, in NumPy alone.

>>> import numpy as np, rnn_core as rc
>>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2, seed=0)
>>> trace = rc.forward(params, np.array([[0], [1], [2]]))
>>> loss, dlogits = rc.cross_entropy(trace.logits, np.array([[-1], [-1], [1]]))
>>> grads = rc.backward(trace, dlogits)
>>> grads.total.W_hh.shape
(4, 4)
"""

from rnn_core.analysis.contributions import Contributions, contributions
from rnn_core.analysis.gradcheck import central_differences, complex_step, gradcheck, worst_error
from rnn_core.analysis.jacobians import Jacobians, jacobians, spectral_radius
from rnn_core.analysis.lags import (
    Counterfactual,
    GradientNorms,
    LagNorms,
    counterfactual,
    gradient_norms,
    lag_norms,
)
from rnn_core.analysis.pca import Trajectory, trajectory
from rnn_core.baselines.feedforward import FeedForward, feedforward
from rnn_core.baselines.feedforward_training import FeedForwardTrainer
from rnn_core.fast.step import NetworkStep, TrainingStep
from rnn_core.generation.free_running import decode
from rnn_core.generation.step import generate, step
from rnn_core.interop.layouts import (
    from_keras_weights,
    from_torch_state_dict,
    to_keras_weights,
    to_torch_state_dict,
)
from rnn_core.losses import cross_entropy, squared_error, token_losses
from rnn_core.network import (
    Batch,
    Network,
    NetworkGradients,
    Segment,
    backpropagate,
    loss_of,
    run,
)
from rnn_core.params import GATES, Params, init
from rnn_core.tasks import TASKS
from rnn_core.topology import (
    ALIGNED,
    ENCODER_DECODER,
    MANY_TO_ONE,
    ONE_TO_MANY,
    ONE_TO_ONE,
    TOPOLOGIES,
    Ports,
    Topology,
)
from rnn_core.trace import Gradients, NonFiniteError, Overflow, StepGradients, Trace
from rnn_core.training.protocols import Progress
from rnn_core.training.snapshots import Checkpoint, Divergence
from rnn_core.training.trainer import Trainer, train
from rnn_core.unroll import backward, forward
from rnn_core.untied import UntiedTrace, backward_untied, forward_untied, untie

__all__ = [
    "ALIGNED",
    "ENCODER_DECODER",
    "GATES",
    "MANY_TO_ONE",
    "ONE_TO_MANY",
    "ONE_TO_ONE",
    "TASKS",
    "TOPOLOGIES",
    "Batch",
    "Checkpoint",
    "Contributions",
    "Counterfactual",
    "Divergence",
    "FeedForward",
    "FeedForwardTrainer",
    "GradientNorms",
    "Gradients",
    "Jacobians",
    "LagNorms",
    "Network",
    "NetworkGradients",
    "NetworkStep",
    "NonFiniteError",
    "Overflow",
    "Params",
    "Ports",
    "Progress",
    "Segment",
    "StepGradients",
    "Topology",
    "Trace",
    "Trainer",
    "TrainingStep",
    "Trajectory",
    "UntiedTrace",
    "backpropagate",
    "backward",
    "backward_untied",
    "central_differences",
    "complex_step",
    "contributions",
    "counterfactual",
    "cross_entropy",
    "decode",
    "feedforward",
    "forward",
    "forward_untied",
    "from_keras_weights",
    "from_torch_state_dict",
    "generate",
    "gradcheck",
    "gradient_norms",
    "init",
    "jacobians",
    "lag_norms",
    "loss_of",
    "run",
    "spectral_radius",
    "squared_error",
    "step",
    "to_keras_weights",
    "to_torch_state_dict",
    "token_losses",
    "train",
    "trajectory",
    "untie",
    "worst_error",
]
