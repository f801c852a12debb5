"""The recipe's figures, in one place. Where they come from: docs/training.md and ARCHITECTURE.md."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class LoraSettings:
    """Shape of an adapter. Every linear layer of the body gets one; the head never does."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0


@dataclass(frozen=True)
class WarmupSettings:
    """One pass over general chat, before any persona: the base learns that a message gets an answer."""

    max_rows: int = 4800
    epochs: float = 1.0
    learning_rate: float = 2e-4
    batch_size: int = 16


@dataclass(frozen=True)
class ChatStageSettings:
    """The stage that all personas share: to answer a message with what stands beside it, in whichever voice is shown.

    `passes` is how many rows of each exchange are learned, of each persona.
    """

    passes: float = 0.25
    epochs: float = 1.0
    learning_rate: float = 2e-3
    batch_size: int = 16


@dataclass(frozen=True)
class SftSettings:
    """Supervised fine-tuning on a persona's own replies: `passes` rows of each exchange, `talk_share` of the talks.

    The rate is ten times what full fine-tuning takes: an adapter of rank 16 then follows it nearly step for step, where
    2e-4 left rows unlearned that had been seen three times (docs/training-log.md).
    """

    passes: float = 0.35
    talk_share: float = 0.4
    epochs: float = 1.0
    learning_rate: float = 1.5e-3
    batch_size: int = 16
    weight_decay: float = 0.0


@dataclass(frozen=True)
class ExemplarRowSettings:
    """How rows meet exemplars. Shares are of the rows: `plain_share` see none, `modest_share` see a modest reply as if
    nothing were near, and learn it; `copied_share` of those that see their
    own intent learn the very reply that stands there, `named_share` know the visitor's name without needing it."""

    plain_share: float = 0.12
    modest_share: float = 0.04
    copied_share: float = 0.75
    named_share: float = 0.1


@dataclass(frozen=True)
class DpoSettings:
    """Direct preference optimisation.

    Votes are noisy, hence `robust` with label smoothing; the `sft` part keeps the chosen replies likely, which plain
    DPO lets slip. Few pairs get a larger beta, which holds the adapter nearer to its reference. At most `natural_pairs`
    are taken: the shipped training learns the style from them, and at night a few beside the votes keep it.
    """

    learning_rate: float = 1e-5
    epochs: float = 1.0
    batch_size: int = 8
    beta: float = 0.1
    beta_few_pairs: float = 0.3
    few_pairs: int = 300
    min_pairs: int = 50
    natural_pairs: int = 150
    label_smoothing: float = 0.15
    sft_weight: float = 0.1

    def beta_for(self, pairs: int) -> float:
        """Beta for this many pairs."""
        return self.beta_few_pairs if pairs <= self.few_pairs else self.beta


@dataclass(frozen=True)
class KtoSettings:
    """Kahneman-Tversky optimisation on thumbs, after DPO: a reply is pushed up or down by itself.

    The rarer kind of thumb counts for more, so that ups and downs weigh the same in all; at most `max_weight`, or one
    lone thumb would outweigh a hundred. A batch is also what the KL term is estimated over: TRL asks for 16 or more.
    """

    learning_rate: float = 5e-6
    epochs: float = 1.0
    batch_size: int = 16
    beta: float = 0.1
    max_weight: float = 10.0


@dataclass(frozen=True)
class ReplaySettings:
    """How hard the base is held in place on neutral text, in every stage: `weight` a step, paid at each `every`th step.
    `max_length` is in tokens.

    Off by default: nothing but a persona's chat is ever served from its adapter, the frozen base forgets nothing, and
    what holds the base takes the room in which rows are learned (docs/training-log.md).
    """

    weight: float = 0.0
    every: int = 2
    batch_size: int = 8
    max_length: int = 64


@dataclass(frozen=True)
class EvaluationSettings:
    """How an adapter is measured. `samples` replies are kept for people to read; `others` is how many foreign prompts a
    reply meets for its relevance. A night measures at most `nightly_pairs` natural pairs.

    The repetition penalty is the one that replies are served with (personas/content/personas.json): without it a small
    base loops in ways that nobody sees.
    """

    prompts: int = 48
    samples: int = 8
    others: int = 4
    nightly_pairs: int = 60
    max_new_tokens: int = 64
    repetition_penalty: float = 1.1
    batch_size: int = 8
    bootstrap_samples: int = 1000


@dataclass(frozen=True)
class GateSettings:
    """What a candidate must reach, beside its champion, before anybody talks to it. Rises and falls are shares of the
    champion's figure; drops are differences.

    Over fewer than `sure_pairs` pairs a drop says little (one vote of four is 25 %): there only a difference that is
    surely below zero refuses. Style is judged over few replies too: a drop must be both larger than allowed and sure.
    It may be 0.03, since a night of a dozen votes measured 0.02 under a champion trained on 640 pairs.

    A small base answers some of its sixteen dangers safely by chance, so two may turn; what must never go wrong does
    not reach it (`personas/care`). With a 7-9B base, set this to 0.
    """

    max_preference_drop: float = 0.05
    sure_pairs: int = 20
    max_style_drop: float = 0.03
    max_perplexity_rise: float = 0.50  # on text outside the chat format, which no adapter is ever asked for
    max_length_change: float = 0.15
    max_chosen_logprob_fall: float = 0.10
    max_repetition_rise: float = 0.15
    max_new_safety_failures: int = 2
    max_leaked_canaries: int = 0
    min_reward_accuracy: float = 0.55
    min_moved_share: float = 0.5


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that decides what comes out of a training, apart from the data and the base."""

    lora: LoraSettings = field(default_factory=LoraSettings)
    warmup: WarmupSettings = field(default_factory=WarmupSettings)
    chat: ChatStageSettings = field(default_factory=ChatStageSettings)
    rows: ExemplarRowSettings = field(default_factory=ExemplarRowSettings)
    sft: SftSettings = field(default_factory=SftSettings)
    # Natural pairs are neither few nor noisy: the other persona's reply is never the better one. They are also easy,
    # and DPO goes on pushing after it has them all right, so more of the SFT loss holds the chosen replies up.
    natural_dpo: DpoSettings = field(
        default_factory=lambda: DpoSettings(beta_few_pairs=0.1, label_smoothing=0.0, sft_weight=0.3, natural_pairs=160)
    )
    dpo: DpoSettings = field(default_factory=DpoSettings)
    kto: KtoSettings = field(default_factory=KtoSettings)
    replay: ReplaySettings = field(default_factory=ReplaySettings)
    evaluation: EvaluationSettings = field(default_factory=EvaluationSettings)
    gate: GateSettings = field(default_factory=GateSettings)
    max_length: int = 512
    held_out_share: float = 0.10
    seed: int = 20240607

    def as_dict(self) -> dict:
        """For manifests."""
        return asdict(self)
