"""How likely given replies are to a persona: JSON lines in, JSON lines out."""

from django.core.management import CommandError

from inference_worker import tasks
from inference_worker.management.batch_command import BatchCommand, read_rows


class Command(BatchCommand):
    help = 'Reads {"prompt", "reply"} lines and writes them back with "logprob" (sum, nats) and "tokens".'

    def handle(self, *args, **options) -> None:
        from inference_worker.adapter_files import AdapterFileError
        from inference_worker.engine import EngineError

        adapters = self.adapters(options)
        engine = tasks.engine(exact=True)
        try:
            for row in read_rows("prompt", "reply"):
                messages = [{"role": "user", "content": row["prompt"]}]
                score = engine.score(messages, row["reply"], adapters)
                self.emit({**row, "logprob": round(score.logprob, 4), "tokens": score.tokens})
        except (EngineError, AdapterFileError) as error:
            raise CommandError(str(error)) from error
        finally:
            engine.stop()
