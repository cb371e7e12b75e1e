"""Public ImageNet weights of the SE-ResNeXt family, as other programs publish them: the reference for src/vision/public.c.

public.py OUT FORM LAYERS [TYPE]: random weights of a form ("timm", "deep", "legacy", "module") in a safetensors file; for the
tests, which have no public weights at hand. Public() runs such a file in PyTorch.
"""
import json
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from twin import LAYERS, SEResNeXt, read_safetensors

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class PublicNet(SEResNeXt):
    """deep: three convolutions at the start, averaging short cuts (seresnext26t); legacy: the pooling of Caffe."""

    def __init__(self, layers, form):
        super().__init__(layers, 0)
        self.legacy = form == 'legacy'
        self.fc = nn.Linear(2048, 1000)
        if form == 'deep':
            self.conv1 = nn.Sequential(
                nn.Conv2d(3, 24, 3, 2, 1, bias=False), nn.BatchNorm2d(24), nn.ReLU(),
                nn.Conv2d(24, 32, 3, 1, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(),
                nn.Conv2d(32, 64, 3, 1, 1, bias=False))
            for stage in range(1, 5):
                block = getattr(self, f'layer{stage}')[0]
                old = block.downsample[0]
                pool = nn.Identity() if stage == 1 else nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False)
                block.downsample = nn.Sequential(pool, nn.Conv2d(old.in_channels, old.out_channels, 1, bias=False),
                                                 block.downsample[1])

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.max_pool2d(x, 3, 2, ceil_mode=True) if self.legacy else F.max_pool2d(x, 3, 2, 1)
        return self.fc(self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3)))


def published_name(name, form):
    if form == 'module':
        return 'module.' + name
    if form != 'legacy':
        return name
    if name.startswith(('conv1.', 'bn1.')):
        return 'layer0.' + name
    return name.replace('fc.', 'last_linear.') if name.startswith('fc.') else name.replace('.se.', '.se_module.')


def random_net(layers, form, seed=1):
    """Lively: statistics and outputs as spread as those of a trained network."""
    torch.manual_seed(seed)
    net = PublicNet(layers, form).eval()
    with torch.no_grad():
        for m in net.modules():
            if isinstance(m, nn.Conv2d) and m.bias is None:
                nn.init.kaiming_normal_(m.weight, mode='fan_in')
            if isinstance(m, nn.BatchNorm2d):
                m.weight.uniform_(0.5, 1.1)
                m.bias.normal_(0, 0.2)
                m.running_mean.normal_(0, 0.2)
                m.running_var.uniform_(0.8, 1.6)
        net.fc.weight.normal_(0, 0.06)
    return net


def encode(tensor, kind):
    if not tensor.is_floating_point():
        return 'I64', tensor.numpy().astype('<i8').tobytes()
    if kind == 'BF16':
        return kind, (tensor.to(torch.bfloat16).view(torch.int16)).numpy().astype('<i2').tobytes()
    return kind, tensor.numpy().astype({'F32': '<f4', 'F16': '<f2'}[kind]).tobytes()


def write(path, tensors, kind='F32', metadata=None):
    header, data, at = {'__metadata__': metadata} if metadata else {}, [], 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].is_floating_point(), item[0])):
        dtype, raw = encode(tensor, kind)
        header[name] = {'dtype': dtype, 'shape': list(tensor.shape), 'data_offsets': [at, at + len(raw)]}
        data.append(raw)
        at += len(raw)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text + b''.join(data))


def publish(path, form, layers, kind='F32', change=None):
    """A file of random weights; `change` may spoil the tensors before."""
    tensors = {published_name(n, form): t for n, t in random_net(layers, form).state_dict().items()}
    if change:
        change(tensors)
    write(path, tensors, kind, {'format': 'pt'})


class Public:
    def __init__(self, path, form, layers):
        _, tensors = read_safetensors(path)
        self.net = PublicNet(layers, form).eval()
        state = {n: tensors[published_name(n, form)] for n in self.net.state_dict() if 'num_batches' not in n}
        missing = self.net.load_state_dict(state, strict=False).missing_keys
        assert all('num_batches' in n for n in missing)

    @torch.no_grad()
    def logits(self, pixels):
        """pixels: n × 224 × 224 × 3 bytes."""
        x = torch.from_numpy(np.asarray(pixels, np.float32)).permute(0, 3, 1, 2) / 255
        x = (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)
        return self.net(x).numpy()


if __name__ == '__main__':
    publish(sys.argv[1], sys.argv[2], LAYERS[f'se-resnext-{sys.argv[3]}-32x4d'], *sys.argv[4:5])
