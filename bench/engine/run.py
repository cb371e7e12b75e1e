"""bench/engine/run.py [--json] [--model FILE]: our network against PyTorch's, same weights, one core, 1, 4 and 8 photos.

TINTYPE names the program (default build/src/cli/tintype). The engines take turns, so that a busy machine slows all of them;
the best run of each counts. Needs Debian's python3-torch.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

os.environ.setdefault('OMP_NUM_THREADS', '1')
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools' / 'reference'))

BATCHES = (1, 4, 8)
ROUNDS, SECONDS = 3, 0.7


def ours(program, model):
    done = subprocess.run([program, 'model', 'bench', '--json', '--model', model], stdout=subprocess.PIPE, check=True)
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return {(f'tintype {r["precision"]}', r['batch']): r['best_ms'] for r in rows}


def torch_engines(model):
    import torch
    from twin import Twin

    torch.set_num_threads(1)
    twin = Twin(model)
    example = torch.randn(1, 3, twin.crop, twin.crop)
    frozen = torch.jit.optimize_for_inference(torch.jit.trace(twin.net, example))
    half = torch.jit.freeze(torch.jit.trace(twin.net.to(torch.bfloat16), example.to(torch.bfloat16)))
    twin = Twin(model)
    yield 'torch f32', twin.net, torch.float32, twin.crop
    yield 'torch f32 optimised', frozen, torch.float32, twin.crop
    yield 'torch bf16 frozen', half, torch.bfloat16, twin.crop


def measure(net, kind, side, batch):
    import torch

    x = torch.randn(batch, 3, side, side).to(kind)
    best, end = float('inf'), time.perf_counter() + SECONDS
    with torch.no_grad():
        net(x)
        while time.perf_counter() < end:
            start = time.perf_counter()
            net(x)
            best = min(best, time.perf_counter() - start)
    return best * 1e3 / batch


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--model', default=str(ROOT / 'models' / 'se-resnext-26-first.safetensors'))
    args = parser.parse_args()
    program = os.environ.get('TINTYPE', str(ROOT / 'build' / 'src' / 'cli' / 'tintype'))
    others, best = list(torch_engines(args.model)), {}
    for _ in range(ROUNDS):
        found = ours(program, args.model)
        found.update({(name, b): measure(net, kind, side, b) for name, net, kind, side in others for b in BATCHES})
        best = {key: min(ms, best.get(key, ms)) for key, ms in found.items()}
    base = {b: best['torch f32 optimised', b] for b in BATCHES}
    rows = [{'engine': e, 'batch': b, 'ms': round(ms, 3), 'times_torch_f32': round(base[b] / ms, 2)} for (e, b), ms in best.items()]
    if args.json:
        print(json.dumps(rows))
        return
    print(f'{"engine":24}' + ''.join(f'{f"batch {b}":>20}' for b in BATCHES))
    for engine in dict.fromkeys(r['engine'] for r in rows):
        cells = {r['batch']: f'{r["ms"]:.2f} ms ({r["times_torch_f32"]:.2f}x)' for r in rows if r['engine'] == engine}
        print(f'{engine:24}' + ''.join(f'{cells.get(b, "-"):>20}' for b in BATCHES))


if __name__ == '__main__':
    main()
