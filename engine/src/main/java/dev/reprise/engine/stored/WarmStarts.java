package dev.reprise.engine.stored;

import dev.reprise.lineage.Ancestry;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.store.Artifact;
import dev.reprise.store.ScoredModel;
import dev.reprise.store.StoreException;
import dev.reprise.store.TraceBytes;
import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The best earlier models for trainings of a session.
 *
 * <pre>
 *   models by that score, best first --> has a content of this build, in this session's numerics
 *       --> lineage as its key says  --> the data is among its ancestors --> same shapes --> found
 * </pre>
 *
 * <p>An answer holds for the whole session, whatever other processes add meanwhile: so the
 * iterations of a parfor begin from the same model. Of two threads that ask at once both look, and
 * the first answer counts for both; nobody waits. Thread-safe.
 */
public final class WarmStarts implements AutoCloseable {
  /** Models that are looked at for one question. */
  private static final int MOST_MODELS = 500;

  private final StoreOpening opening;
  private final StoreKeys keys;
  private final Loading loading;
  private final Consumer<String> tell;
  private final ModelSearch models = new ModelSearch(System::nanoTime);
  private final Map<Question, Answer> answers = new ConcurrentHashMap<>();
  private final LongAdder found = new LongAdder();
  private final LongAdder missed = new LongAdder();

  private record Question(String name, Key data, String form) {}

  /**
   * A model, or none.
   *
   * @param value with a reference of the answer's own; null for none
   */
  private record Answer(LineageItem item, Value value) {
    static final Answer NONE = new Answer(null, null);

    void release() {
      if (value != null) {
        value.release();
      }
    }
  }

  /**
   * A model to begin from.
   *
   * @param name of its score
   * @param item of the model
   * @param value with a reference for the receiver
   */
  public record Found(String name, LineageItem item, Value value) {}

  /**
   * @param tell takes notes for the person who runs it
   */
  WarmStarts(StoreOpening opening, StoreKeys keys, Loading loading, Consumer<String> tell) {
    this.opening = opening;
    this.keys = keys;
    this.loading = loading;
    this.tell = tell;
  }

  /** Trainings that began from a model. */
  long found() {
    return found.sum();
  }

  /** Trainings for which there was none. */
  long missed() {
    return missed.sum();
  }

  /** The shapes of a model as a text; null for a value that is none. */
  public static String formOf(Value value) {
    return switch (value) {
      case Scalar _ -> "scalar";
      case MatrixValue matrix -> matrix.shape().rows() + "x" + matrix.shape().cols();
      case ListValue list -> {
        StringBuilder form = new StringBuilder("list");
        for (int i = 0; i < list.size(); i++) {
          String element = formOf(list.elements().get(i));
          if (element == null) {
            yield null;
          }
          String name = list.names().isEmpty() ? "" : list.names().get(i);
          form.append(' ').append(name.length()).append(':').append(name).append('=');
          form.append(element);
        }
        yield form.append(" end").toString();
      }
      default -> null;
    };
  }

  /**
   * The best model of a score that was trained on the data and has the shapes of the initial value;
   * null when there is none.
   *
   * @param data of the training; of a list each element
   */
  public Found find(String name, LineageItem data, Value initial) {
    Question question = new Question(name, data.key(), formOf(initial));
    Answer answer = answers.get(question);
    if (answer == null) {
      Answer mine = search(question, data);
      Answer first = answers.putIfAbsent(question, mine);
      if (first != null) {
        mine.release();
      }
      answer = first == null ? mine : first;
    }
    if (answer.value == null) {
      missed.increment();
      return null;
    }
    found.increment();
    answer.value.retain();
    return new Found(name, answer.item, answer.value);
  }

  private Answer search(Question question, LineageItem data) {
    try {
      Answer answer =
          models.first(
              opening.store().models(question.name, MOST_MODELS),
              question.data,
              model -> look(model, question, data),
              looked -> tellLate(question.name, looked));
      if (answer != null) {
        return answer;
      }
    } catch (StoreException e) {
      tell.accept("the training of '" + question.name + "' begins from nothing: " + e.getMessage());
    }
    return Answer.NONE;
  }

  private void tellLate(String name, int looked) {
    tell.accept(
        "the training of '"
            + name
            + "' begins from nothing: of "
            + looked
            + " models none suits, and to look at more would take too long");
  }

  private ModelSearch.Look<Answer> look(ScoredModel model, Question question, LineageItem data) {
    Artifact artifact = opening.store().find(keys.of(model.key()));
    LineageItem item = artifact == null ? null : itemOf(model, question.name);
    if (item == null) {
      return ModelSearch.Look.unsuited();
    }
    if (!isTrainedOn(item, data)) {
      return ModelSearch.Look.foreign();
    }
    Value value = loading.model(item, artifact);
    if (value != null && !question.form.equals(formOf(value))) {
      value.release();
      return ModelSearch.Look.unsuited();
    }
    return value == null
        ? ModelSearch.Look.unsuited()
        : ModelSearch.Look.at(new Answer(item, value));
  }

  /** Null when the trace is gone, damaged, or not the one of that model. */
  private LineageItem itemOf(ScoredModel model, String score) {
    byte[] text = opening.store().trace(model.run(), ScoredModel.traceName(score));
    if (text == null) {
      return null;
    }
    try {
      LineageItem item =
          TraceReader.read(new StringReader(TraceBytes.text(text)), OperationTable.standard())
              .output();
      return item.key().equals(model.key()) ? item : null;
    } catch (IOException | TraceFormatException e) {
      return null;
    }
  }

  /** Whether the data, or each part of a list of it, is what the model came from. */
  private static boolean isTrainedOn(LineageItem model, LineageItem data) {
    if (!data.isLiteral() && data.name().equals("list")) {
      for (int i = 0; i < data.inputCount(); i++) {
        if (!isTrainedOn(model, data.input(i))) {
          return false;
        }
      }
      return data.inputCount() > 0;
    }
    return Ancestry.has(model, data);
  }

  /** Gives up the models; nobody asks any more. */
  @Override
  public void close() {
    answers.values().forEach(Answer::release);
    answers.clear();
  }
}
