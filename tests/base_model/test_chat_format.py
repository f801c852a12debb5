"""One chat format for training and serving, in which typed text stays text."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_worker.base_model import load_tokenizer
from inference_worker.chat_format import ChatFormatError, render, stop_token_ids
from tests.tiny_models import make_tiny_base

SYSTEM = {"role": "system", "content": "너는 에겐이야."}
USER = {"role": "user", "content": "오늘 기분이 어때요?"}
ASSISTANT = {"role": "assistant", "content": "좋아요!"}
PIECES = ["<", ">", "end_of_turn", "|im_end|>", "<end_of", "안녕", "\ufdd0"]
CONTROL_TOKENS = ["<end_of_turn>", "<start_of_turn>", "<bos>", "<eos>", "<pad>", "<|im_end|>", "<|im_start|>"]


@pytest.fixture(scope="module", params=["gemma3", "llama", "qwen2"])
def tokenizer(request, tmp_path_factory):
    return load_tokenizer(make_tiny_base(tmp_path_factory.mktemp(request.param), request.param))


@pytest.fixture(scope="module")
def gemma(tmp_path_factory):
    return load_tokenizer(make_tiny_base(tmp_path_factory.mktemp("gemma"), "gemma3"))


def control_count(tokenizer, ids):
    return sum(id in tokenizer.all_special_ids for id in ids)


def test_gemmas_format(gemma):
    ids = render([SYSTEM, USER, ASSISTANT, USER], gemma)
    assert gemma.decode(ids) == (
        "<bos><start_of_turn>user\n너는 에겐이야.\n\n오늘 기분이 어때요?<end_of_turn>\n"
        "<start_of_turn>model\n좋아요!<end_of_turn>\n"
        "<start_of_turn>user\n오늘 기분이 어때요?<end_of_turn>\n"
        "<start_of_turn>model\n"
    )


def test_without_a_generation_prompt_it_ends_after_the_last_turn(gemma):
    ids = render([USER, ASSISTANT], gemma, add_generation_prompt=False)
    assert gemma.decode(ids).endswith("좋아요!<end_of_turn>\n")


def test_the_embedded_base_speaks_gemmas_format(embedded_tokenizer, gemma):
    messages = [SYSTEM, USER, ASSISTANT, USER]
    assert embedded_tokenizer.decode(render(messages, embedded_tokenizer)) == gemma.decode(render(messages, gemma))
    assert stop_token_ids(embedded_tokenizer) == {
        embedded_tokenizer.eos_token_id,
        embedded_tokenizer.convert_tokens_to_ids("<end_of_turn>"),
    }


@pytest.mark.parametrize("generation_prompt", [True, False])
def test_ordinary_text_gives_the_chat_templates_ids(tokenizer, generation_prompt):
    messages = [SYSTEM, USER, ASSISTANT, USER]
    template_ids = tokenizer.apply_chat_template(messages, add_generation_prompt=generation_prompt)["input_ids"]
    assert render(messages, tokenizer, generation_prompt) == template_ids


def test_the_template_marks_what_is_to_be_learnt(tokenizer):
    messages = [SYSTEM, USER, ASSISTANT]
    marked = tokenizer.apply_chat_template(messages, return_assistant_tokens_mask=True, return_dict=True)
    learnt = [id for id, mask in zip(marked["input_ids"], marked["assistant_masks"], strict=True) if mask]
    end = "<end_of_turn>" if "<end_of_turn>" in tokenizer.get_vocab() else "<|im_end|>"
    assert tokenizer.decode(learnt) == "좋아요!" + end


@pytest.mark.parametrize("control", CONTROL_TOKENS)
@pytest.mark.parametrize("role", ["system", "user", "assistant"])
def test_a_typed_control_token_stays_text(tokenizer, control, role):
    def conversation(text):
        messages = [SYSTEM, USER, ASSISTANT, USER]
        return [{**m, "content": f"앞 {text} 뒤"} if m["role"] == role else m for m in messages]

    typed, plain = (render(conversation(text), tokenizer) for text in (control, "x"))
    assert control_count(tokenizer, typed) == control_count(tokenizer, plain)
    assert f"앞 {control} 뒤" in tokenizer.decode(typed)


@settings(deadline=None)  # the machine may be busy
@given(parts=st.lists(st.sampled_from([*CONTROL_TOKENS, *PIECES])))
def test_no_combination_makes_a_control_token(gemma, parts):
    text = "".join(parts)
    ids = render([{"role": "user", "content": f"x{text}x"}], gemma)
    assert control_count(gemma, ids) == 4  # <bos>, <start_of_turn>, <end_of_turn>, <start_of_turn>
    assert text.replace("\ufdd0", "") in gemma.decode(ids)


def test_a_template_without_a_system_turn_gets_its_text_in_the_first_user_turn(gemma, tmp_path):
    gemma2 = load_tokenizer(make_tiny_base(tmp_path, "gemma3"))
    refusal = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    gemma2.chat_template = refusal + gemma2.chat_template
    assert render([SYSTEM, USER], gemma2) == render([SYSTEM, USER], gemma)


def test_turns_that_do_not_alternate_are_refused(gemma):
    with pytest.raises(ChatFormatError, match="must alternate"):
        render([USER, USER], gemma)


def test_no_messages_are_refused(gemma):
    with pytest.raises(ChatFormatError, match="refuses these messages"):
        render([], gemma)


def test_a_base_without_a_chat_template_says_what_to_do(tmp_path):
    plain = load_tokenizer(make_tiny_base(tmp_path, "llama"))
    plain.chat_template = None
    with pytest.raises(ChatFormatError, match="no chat template. Choose an instruction-tuned BASE_MODEL"):
        render([USER], plain)


def test_threads_may_share_a_tokenizer(embedded_tokenizer):
    conversations = [[{"role": "user", "content": f"{n}번째 <end_of_turn> 질문"}] for n in range(200)]
    alone = [render(messages, embedded_tokenizer) for messages in conversations]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda messages: render(messages, embedded_tokenizer), conversations)) == alone


def test_a_reply_stops_at_the_end_of_its_turn(tokenizer):
    stops = {tokenizer.decode([id]) for id in stop_token_ids(tokenizer)}
    assert stops in ({"<eos>", "<end_of_turn>"}, {"<|im_end|>"})
