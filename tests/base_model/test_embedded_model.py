"""The cut model is the packaged model, minus rows."""

import pytest
import torch

from inference_worker.base_model import BaseModel, load_model
from inference_worker.embedded import source, vocabulary, weights

pytestmark = pytest.mark.real_model

PASSAGE = "서울은 대한민국의 수도이자 최대 도시이다. 한강을 끼고 있으며, 조선 시대부터 수도로서의 역할을 해 왔다."
CHAT = "오늘 기분이 안 좋아서 집에 있었어... 너는 뭐 했어? ㅋㅋㅋ I love it! 😂❤️\n\n  다음에 또 보자~~"


@pytest.fixture(scope="module")
def model(embedded: BaseModel):
    return load_model(embedded, device="cpu")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    import gguf

    packed = tmp_path_factory.mktemp("gguf") / source.FILE_NAME
    for _ in source.assemble(source.packaged_chunks(), packed):
        pass
    yield gguf.GGUFReader(packed)
    packed.unlink()


@pytest.fixture(scope="module")
def full_tokens(reader) -> list[source.Token]:
    return source.read_tokens(reader)


def test_logits_of_kept_tokens_are_the_full_models(model, embedded_tokenizer, reader, full_tokens):
    from transformers import Gemma3ForCausalLM

    config = weights.read_config(reader, vocab_size=len(full_tokens))
    with torch.device("meta"):
        full = Gemma3ForCausalLM(config)
    full.to_empty(device="cpu")
    state = {name: torch.from_numpy(weight) for name, weight in weights.read_weights(reader)}
    full.load_state_dict(state, strict=False, assign=True)
    full.tie_weights()
    full.model.rotary_emb = model.model.rotary_emb  # no weights of its own, and "meta" left it empty
    full.model.embed_tokens.embed_scale = model.model.embed_tokens.embed_scale

    kept = torch.tensor([token.id for token in vocabulary.keep_tokens(full_tokens)])
    ids = torch.tensor([[embedded_tokenizer.bos_token_id, *embedded_tokenizer.encode(CHAT)]])
    with torch.no_grad():
        cut_logits = model(ids).logits
        full_logits = full.eval()(kept[ids]).logits[..., kept]
    torch.testing.assert_close(cut_logits, full_logits, rtol=1e-4, atol=1e-3)


def test_segments_as_the_full_vocabulary_does(embedded_tokenizer, full_tokens):
    full = vocabulary.build_tokenizer(full_tokens, model_max_length=1024).backend_tokenizer
    cut = embedded_tokenizer.backend_tokenizer
    assert cut.encode(CHAT).tokens == full.encode(CHAT).tokens
    assert cut.encode(PASSAGE).tokens == full.encode(PASSAGE).tokens


def test_kept_ids_are_the_stored_ones(embedded_tokenizer, full_tokens):
    kept = vocabulary.keep_tokens(full_tokens)
    assert [token.text for token in kept] == embedded_tokenizer.convert_ids_to_tokens(list(range(len(kept))))


def test_it_continues_in_korean(model, embedded_tokenizer):
    prompt = [embedded_tokenizer.bos_token_id, *embedded_tokenizer.encode("대한민국의 수도는")]
    reply = model.generate(torch.tensor([prompt]), max_new_tokens=20, do_sample=False)[0, len(prompt) :]
    text = embedded_tokenizer.decode(reply)
    assert sum("가" <= character <= "힣" for character in text) > 5
    assert embedded_tokenizer.unk_token_id not in reply


def test_it_expects_the_text_that_was_written(model, embedded_tokenizer):
    """A wrong norm, rotary base or scale leaves fluent-looking shapes but ruins this number."""
    prompt = torch.tensor([[embedded_tokenizer.bos_token_id, *embedded_tokenizer.encode(PASSAGE)]])
    with torch.no_grad():
        perplexity = model(prompt, labels=prompt).loss.exp().item()
    assert perplexity < 25


def test_its_shape_is_gemma_3_270m(model):
    config = model.config
    assert (config.num_hidden_layers, config.hidden_size, config.head_dim) == (18, 640, 256)
    assert [i for i, kind in enumerate(config.layer_types) if kind == "full_attention"] == [5, 11, 17]
    assert config.rope_parameters["full_attention"]["rope_theta"] == 1_000_000
    assert config.rope_parameters["sliding_attention"]["rope_theta"] == 10_000
    assert model.lm_head.weight is model.model.embed_tokens.weight
