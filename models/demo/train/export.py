"""Writes trained weights as a HuggingFace `CLIPModel` folder in half precision, and checks it with `transformers`.

    python export.py --weights weights.pt --out ..
"""
import argparse
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

import model as m
from vocab import TEMPLATES, Tokenizer, read_merges


def config(tok):
    tower = {"hidden_act": "quick_gelu", "layer_norm_eps": 1e-5, "attention_dropout": 0.0, "dropout": 0.0, "projection_dim": m.EMBED,
             "initializer_factor": 1.0, "initializer_range": 0.02}
    return {
        "architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": m.EMBED, "logit_scale_init_value": 2.6592,
        "initializer_factor": 1.0, "torch_dtype": "float16",
        "text_config": {"model_type": "clip_text_model", "hidden_size": m.TEXT_WIDTH, "intermediate_size": 4 * m.TEXT_WIDTH,
                        "num_attention_heads": m.TEXT_WIDTH // 64, "num_hidden_layers": m.TEXT_BLOCKS, "max_position_embeddings": m.CONTEXT,
                        "vocab_size": len(tok.names), "bos_token_id": tok.sot, "eos_token_id": tok.eot, "pad_token_id": tok.eot, **tower},
        "vision_config": {"model_type": "clip_vision_model", "hidden_size": m.WIDTH, "intermediate_size": 4 * m.WIDTH,
                          "num_attention_heads": m.WIDTH // 64, "num_hidden_layers": m.BLOCKS, "num_channels": 3,
                          "image_size": m.GRID * m.PATCH, "patch_size": m.PATCH, **tower},
    }


PREPROCESSOR = {
    "crop_size": {"height": 224, "width": 224}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True, "do_rescale": True,
    "do_resize": True, "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
    "image_processor_type": "CLIPImageProcessor", "resample": 3, "rescale_factor": 1 / 255, "size": {"shortest_edge": 224},
}


def check(folder, tok, ours):
    """Compares the folder, loaded by `transformers`, with our own towers; returns the largest differences."""
    from transformers import CLIPModel, CLIPTokenizer
    theirs, words = CLIPModel.from_pretrained(folder, dtype=torch.float32).eval(), CLIPTokenizer.from_pretrained(folder)
    texts = [t.format(n) for t, n in zip(TEMPLATES, ["red car", "brick wall", "striped cup", "zebra crossing", "sky"] * 16)]
    worst_text = 0.0
    for t in texts:
        ids = tok.encode(t)
        assert words(t)["input_ids"] == ids, (t, words(t)["input_ids"], ids)
        x = torch.tensor([ids])
        a = ours.text(x, torch.tensor([len(ids) - 1]))
        b = theirs.text_projection(theirs.text_model(input_ids=x, attention_mask=torch.ones_like(x)).pooler_output)
        worst_text = max(worst_text, (F.normalize(a, dim=-1) - F.normalize(b, dim=-1)).abs().max().item())
    x = torch.randn(4, 3, 224, 224)
    b = theirs.visual_projection(theirs.vision_model(pixel_values=x).pooler_output)
    hidden = theirs.vision_model(pixel_values=x).last_hidden_state[:, 1:]
    hidden = F.normalize(theirs.visual_projection(theirs.vision_model.post_layernorm(hidden)), dim=-1)
    image = (F.normalize(ours.image(x)[1], dim=-1) - F.normalize(b, dim=-1)).abs().max().item()
    patches = (ours.dense(ours.trunk(x), "clip") - hidden).abs().max().item()
    return {"text": worst_text, "image": image, "patches": patches}


@torch.no_grad()
def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weights", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--no-check", action="store_true")
    a = p.parse_args()
    torch.manual_seed(0)
    tok = Tokenizer(read_merges(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "merges.txt")))
    half = {k: v.half().contiguous() for k, v in torch.load(a.weights).items()}
    assert all(torch.isfinite(v).all() for v in half.values())
    save_file(half, os.path.join(a.out, "model.safetensors"), metadata={"format": "pt"})
    for name, table in (("config.json", config(tok)), ("preprocessor_config.json", PREPROCESSOR)):
        with open(os.path.join(a.out, name), "w") as f:
            json.dump(table, f, indent=2)
            f.write("\n")
    print(f"{os.path.getsize(os.path.join(a.out, 'model.safetensors')) / 1e6:.2f} MB, {sum(int(np.prod(v.shape)) for v in half.values())} numbers")
    if not a.no_check:
        ours = m.Clip(len(tok.names)).eval()
        ours.load_state_dict({k: v.float() for k, v in half.items()})
        worst = check(a.out, tok, ours)
        print("largest difference from transformers:", worst)
        assert max(worst.values()) < 1e-4


if __name__ == "__main__":
    main()
