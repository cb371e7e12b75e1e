"""A public face detector (YuNet, ONNX) as PyTorch functions: the teacher of train_face_detector.py, and what ours is measured beside.

Yunet(path).find(pixels) takes RGB bytes [h, w, 3] and gives boxes [n, 4] (x0 y0 x1 y1), scores [n] and landmarks [n, 5, 2] in
pixels, in the order of face_nets. Needs Debian's python3-onnx.
"""
import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from face_nets import STRIDES, suppress


class Yunet:
    def __init__(self, path):
        graph = onnx.load(path).graph
        self.weights = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
        self.nodes = [(n.op_type, list(n.input), n.output[0], {a.name: a for a in n.attribute}) for n in graph.node]

    @torch.no_grad()
    def __call__(self, x):
        """x [1, 3, h, w] of BGR 0…255, sides multiples of 32 → {output's name: [points, values]}."""
        v = dict(self.weights, input=x)
        for op, names, out, attr in self.nodes:
            a = v[names[0]]
            if op == 'Conv':
                weight, bias = v[names[1]], v[names[2]]
                v[out] = F.conv2d(a, weight, bias, list(attr['strides'].ints), attr['pads'].ints[0], groups=attr['group'].i)
            elif op == 'Relu':
                v[out] = F.relu(a)
            elif op == 'MaxPool':
                v[out] = F.max_pool2d(a, 2)
            elif op == 'Resize':
                v[out] = F.interpolate(a, scale_factor=2.0, mode='nearest')
            elif op == 'Add':
                v[out] = a + v[names[1]]
            elif op == 'Transpose':
                v[out] = a.permute(0, 2, 3, 1)
            elif op == 'Reshape':
                v[out] = a.reshape(-1, a.shape[3])
            elif op == 'Sigmoid':
                v[out] = torch.sigmoid(a)
            else:
                raise ValueError(f'this detector has an operation {op}')
        return v

    def find(self, pixels, confidence=0.3, iou=0.45):
        h, w = pixels.shape[:2]
        x = np.zeros((1, 3, -(-h // 32) * 32, -(-w // 32) * 32), np.float32)
        x[0, :, :h, :w] = pixels[..., ::-1].transpose(2, 0, 1)
        out, boxes, scores, marks = self(torch.from_numpy(x)), [], [], []
        for s in STRIDES:
            score, box, mark = ((out[f'{n}_{s}']).numpy() for n in ('cls', 'bbox', 'kps'))
            score = np.sqrt(score[:, 0] * out[f'obj_{s}'].numpy()[:, 0])
            i = np.flatnonzero(score >= confidence)
            cell = np.stack([i % (x.shape[3] // s), i // (x.shape[3] // s)], 1)
            centre, half = (cell + box[i, :2]) * s, np.exp(box[i, 2:]) * s / 2
            boxes.append(np.concatenate([centre - half, centre + half], 1))
            scores.append(score[i])
            marks.append((mark[i].reshape(-1, 5, 2) + cell[:, None]) * s)
        boxes, scores, marks = (np.concatenate(a) for a in (boxes, scores, marks))
        kept = suppress(boxes, scores, iou)
        return boxes[kept], scores[kept], marks[kept]
