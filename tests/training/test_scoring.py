"""Log-probabilities are those of a plain forward pass, whatever the batch; generated replies are cut where they end."""

import pytest
import torch

from inference_worker.base_model import load_model
from inference_worker.training.replies import generate_greedily
from inference_worker.training.scoring import perplexity, score_replies
from inference_worker.training.style import train_style_classifier
from inference_worker.training.tokens import reply_ids

PROMPTS = [[{"role": "user", "content": text}] for text in ("안녕", "오늘 기분이 어때요?", "a")]
REPLIES = ["좋아요!", "아니요, 내일은 싫어요.", "ok"]


@pytest.fixture(scope="module")
def model(tiny_base):
    return load_model(tiny_base, device="cpu")


def test_a_score_is_the_sum_of_its_tokens_logprobs(model, tokenizer):
    scores = score_replies(model, tokenizer, list(zip(PROMPTS, REPLIES, strict=True)), batch_size=2)
    for prompt, reply, score in zip(PROMPTS, REPLIES, scores, strict=True):
        prompt_ids, ids = reply_ids(prompt, reply, tokenizer)
        with torch.no_grad():
            logprobs = model(torch.tensor([prompt_ids + ids])).logits[0].log_softmax(-1)
        expected = sum(logprobs[len(prompt_ids) - 1 + n, token].item() for n, token in enumerate(ids))
        assert score.tokens == len(ids)
        assert score.logprob == pytest.approx(expected, abs=1e-3)


def test_perplexity_does_not_depend_on_the_batch(model, tokenizer):
    texts = ["비가 온다.", "물은 섭씨 백 도에서 끓는다.", "달"]
    assert perplexity(model, tokenizer, texts, 1) == pytest.approx(perplexity(model, tokenizer, texts, 3), rel=1e-4)


def test_greedy_replies_do_not_depend_on_the_batch(model, tokenizer):
    def generate(size):
        return generate_greedily(model, tokenizer, PROMPTS, max_new_tokens=6, batch_size=size)

    assert generate(1) == generate(3)


def test_the_style_classifier_knows_endings():
    own = [f"{word} 속상했겠다ㅠㅠ 같이 볼까?" for word in ("밥", "잠", "일", "비")]
    other = [f"{word}부터 해. 지금 시작해." for word in ("밥", "잠", "일", "비")]
    style = train_style_classifier(own, other)
    assert style.accuracy(["꿈 속상했겠다ㅠㅠ"], ["꿈부터 해."]) == 1.0
    assert style.score("같이 볼까?") > 0.5 > style.score("지금 해.")
