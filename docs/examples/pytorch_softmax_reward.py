"""A classifier that is rewarded for the right answer, and gives up on one class: what Perigee says of it.

    python3 pytorch_softmax_reward.py [RUN.sqlite [REPORT.html]]

Ten clouds of points in 64 dimensions, two of them near each other; a 64-64-10 network; minibatch SGD on the expected
error 1 - pi(right answer | x) of its softmax policy. The five lines marked `# perigee` were added to a training script.
"""

import sys

import torch

import perigee.torch  # perigee

run, page = sys.argv[1:3] if len(sys.argv) > 2 else ("pytorch.sqlite", "pytorch.html")

torch.manual_seed(0)
centres = torch.randn(10, 64)
centres[1] = centres[0] + 0.6 * torch.randn(64)
targets = torch.arange(1000) % 10
inputs = centres[targets] + 1.5 * torch.randn(1000, 64)
model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=6)


def policy(model, inputs):
    return torch.softmax(model(inputs), dim=1)


def expected_error(model, inputs, targets):
    return (1 - policy(model, inputs).gather(1, targets[:, None])).mean()


recorder = perigee.Recorder(run, mode="overwrite", lower_bound=0)  # perigee
for step in range(800):
    if step % 5 == 0:
        optimizer.zero_grad()
        loss = expected_error(model, inputs, targets)
        loss.backward()
        recorder.log(**perigee.torch.row(model, step, loss, policy(model, inputs), targets), lr=6)  # perigee
    batch = torch.randint(1000, (50,))
    optimizer.zero_grad()
    expected_error(model, inputs[batch], targets[batch]).backward()
    optimizer.step()

diagnosis = perigee.diagnose(recorder, perigee.torch.objective(model, expected_error, inputs, targets))  # perigee
print(diagnosis, "report:", diagnosis.report(page))  # perigee
