package dev.reprise.engine.step;

import dev.reprise.engine.access.TextForm;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.StopRequest;
import dev.reprise.engine.file.FileOrder;
import dev.reprise.engine.file.FileUse;
import dev.reprise.engine.file.FileWrites;
import dev.reprise.engine.report.OrderedOutput;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.value.Describe;
import dev.reprise.formats.DataFiles;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceText;
import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IllegalFormatConversionException;
import java.util.IllegalFormatException;
import java.util.Locale;
import java.util.Map;
import java.util.MissingFormatArgumentException;
import java.util.UnknownFormatConversionException;

/** The operations with effects: print, write, stop and what looks at the program itself. */
public final class Effects {

  /** One effect; inputs are complete and borrowed, a result is a scalar. */
  @FunctionalInterface
  interface Effect {
    Value run(ControlContext context, Activation activation, EffectStep step, Value[] inputs);
  }

  private static final Map<String, Effect> EFFECTS =
      Map.ofEntries(
          Map.entry("print", Effects::print),
          Map.entry("write", Effects::write),
          Map.entry("checkpoint", Effects::checkpoint),
          Map.entry("metric", Effects::metric),
          Map.entry("progress", Effects::progress),
          Map.entry("score", Effects::score),
          Map.entry("file.exists", Effects::fileExists),
          Map.entry("stop", Effects::stop),
          Map.entry("assert", Effects::check),
          Map.entry("time", Effects::time),
          Map.entry("setwd", Effects::changeDirectory),
          Map.entry("lineage", Effects::lineage),
          Map.entry("exists", Effects::exists));

  private Effects() {}

  public static Effect find(String opcode) {
    return EFFECTS.get(opcode);
  }

  /** What was launched before counts as what was executed before. */
  private static Value time(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    context.run.resources().accelerators().settle();
    return Scalar.of(System.nanoTime());
  }

  private static Value print(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    String text = TextForm.of(context, inputs[0]);
    if (inputs.length > 1) {
      text = format(text, inputs);
    }
    OrderedOutput.append(context.out, text + "\n");
    return null;
  }

  private static String format(String pattern, Value[] inputs) {
    Object[] arguments = new Object[inputs.length - 1];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] =
          switch (inputs[i + 1]) {
            case IntegerScalar whole -> whole.value();
            case DoubleScalar number -> number.value();
            case BooleanScalar truth -> truth.asBoolean();
            case Scalar scalar -> scalar.asString();
            default ->
                throw new OperandException(
                    "'print' with a format takes scalars, but got " + Describe.one(inputs[i + 1]));
          };
    }
    try {
      return String.format(Locale.ROOT, pattern, arguments);
    } catch (IllegalFormatException e) {
      throw new OperandException("the format \"" + pattern + "\" does not fit: " + reason(e));
    }
  }

  private static String reason(IllegalFormatException e) {
    return switch (e) {
      case MissingFormatArgumentException missing ->
          "there is no value for " + missing.getFormatSpecifier();
      case IllegalFormatConversionException conversion ->
          "%"
              + conversion.getConversion()
              + " cannot show a value of type "
              + conversion.getArgumentClass().getSimpleName().toLowerCase(Locale.ROOT)
              + "; %d takes integers, %f doubles, %s anything";
      case UnknownFormatConversionException unknown ->
          "there is no conversion %" + unknown.getConversion();
      default -> e.getMessage();
    };
  }

  private static Value write(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    LineageItem item = activation.item(step.inputs()[0]);
    Path folder = context.run.workingDirectory();
    FileWrites files = step.files.writes();
    // Before the file's turn: what is left out is checked, too.
    FileWrites.Target target = FileWrites.target(inputs);
    FileOrder.write(
        context.place,
        FileUse.writes(DataFiles.resolve(target.path(), folder)),
        () -> {
          files.write(folder, inputs[0], target, item, context.run.resources().stored());
          context.run.journal().wrote(target.path(), folder, item);
        });
    return null;
  }

  private static Value checkpoint(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    LineageItem item = activation.item(step.inputs()[0]);
    String path = text(step, inputs[1], "a file name");
    // Before the file's turn: what is left out is checked, too.
    if (!(inputs[0] instanceof ListValue list)) {
      throw new OperandException(
          "'checkpoint' needs a list, but got "
              + Describe.one(inputs[0])
              + "; write checkpoint(list(W=W, epoch=e), file)");
    }
    FileOrder.write(
        context.place,
        FileUse.saves(DataFiles.resolve(path, context.run.workingDirectory())),
        () -> step.checkpoints.save(context, list, item, path));
    return null;
  }

  private static Value metric(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    String name = text(step, inputs[0], "a name");
    Scalar value = number(context, inputs[1]);
    Scalar at = number(context, inputs[2]);
    if (value == null || at == null) {
      throw new OperandException(
          "'metric' needs a number and a step, but got "
              + Describe.one(inputs[1])
              + " and as step "
              + Describe.one(inputs[2])
              + "; write metric(\"loss\", loss, step)");
    }
    if (name.isBlank()) {
      throw new OperandException(
          "the name of a metric must not be empty; write metric(\"loss\", loss, step)");
    }
    if (!at.fitsLong() || at.asDouble() != Math.rint(at.asDouble())) {
      throw new OperandException(
          "the step of 'metric' must be a whole number, but is "
              + at.asString()
              + "; write metric(\"loss\", loss, step)");
    }
    context.metrics.add(name, value.asDouble(), at.asLong());
    return null;
  }

  private static Value score(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    Scalar value = number(context, inputs[1]);
    if (value == null) {
      throw new OperandException(
          "'score' needs a number, but got "
              + Describe.one(inputs[1])
              + "; write score(model, accuracy), larger is better");
    }
    String name = text(step, inputs[2], "a name");
    if (!(inputs[3] instanceof Scalar smaller) || smaller.type() != ValueType.BOOLEAN) {
      throw new OperandException(
          "'smaller' of 'score' says TRUE where smaller numbers are better, but got "
              + Describe.one(inputs[3]));
    }
    LineageItem item = activation.item(step.inputs()[0]);
    StoredValues stored = context.run.resources().stored();
    if (Double.isNaN(value.asDouble())) {
      // One diverged model must not end a search; it has no place among the others.
      context.run.journal().refuse();
      context
          .run
          .resources()
          .config()
          .err()
          .println("reprise: note: the score '" + name + "' is NaN, so the model has none");
    } else if (stored != null && item != null) {
      double score = smaller.asBoolean() ? -value.asDouble() : value.asDouble();
      stored.models().note(name, item, inputs[0], score);
      context.run.journal().scored(name, item.key(), score);
    }
    return null;
  }

  private static boolean isCount(Scalar number) {
    return number.asDouble() >= 0 && Double.isFinite(number.asDouble());
  }

  private static Value progress(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    Scalar done = number(context, inputs[0]);
    Scalar total = number(context, inputs[1]);
    if (done == null || total == null) {
      throw new OperandException(
          "'progress' needs how much is done and how much there is, but got "
              + Describe.one(inputs[0])
              + " and "
              + Describe.one(inputs[1])
              + "; write progress(epoch, epochs, \"loss \" + loss)");
    }
    if (!isCount(done) || !isCount(total)) {
      throw new OperandException(
          "'progress' needs finite numbers of at least 0, but got "
              + done.asString()
              + " of "
              + total.asString()
              + "; write progress(epoch, epochs, \"loss \" + loss)");
    }
    // What the iterations of a parfor have to tell at once fits no line: their loop tells how many
    // are done.
    if (context.writes == null) {
      String text = text(step, inputs[2], "a text");
      context.run.progress().told(done.asDouble(), total.asDouble(), text);
    }
    return null;
  }

  private static Value fileExists(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    Path file =
        DataFiles.resolve(text(step, inputs[0], "a file name"), context.run.workingDirectory());
    return Scalar.of(
        FileOrder.read(context.place, FileUse.looks(file), () -> Files.exists(file), _ -> {}));
  }

  /** An argument that must be a number, or a matrix of one; null when it is not. */
  private static Scalar number(ControlContext context, Value value) {
    if (value instanceof MatrixValue matrix && matrix.shape().isScalarLike()) {
      return (Scalar)
          context
              .run
              .resources()
              .kernels()
              .run(Conversions.AS_DOUBLE, new Value[] {value}, context.kernel);
    }
    return value instanceof Scalar scalar && !scalar.isAbsent() && scalar.type() != ValueType.STRING
        ? scalar
        : null;
  }

  /** An argument that must be a text. */
  private static String text(EffectStep step, Value value, String what) {
    if (value instanceof Scalar scalar && !scalar.isAbsent()) {
      return scalar.asString();
    }
    throw new OperandException(
        "'" + step.describe() + "' needs " + what + ", but got " + Describe.one(value));
  }

  private static Value stop(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    throw new StopRequest(TextForm.of(context, inputs[0]));
  }

  private static Value check(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    if (!(inputs[0] instanceof Scalar condition)) {
      throw new OperandException("'assert' needs a scalar, but got " + Describe.one(inputs[0]));
    }
    if (!condition.asBoolean()) {
      throw new OperandException("assertion failed");
    }
    return null;
  }

  private static Value changeDirectory(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    Path folder = context.run.workingDirectory().resolve(((Scalar) inputs[0]).asString());
    context.run.changeDirectory(folder.normalize());
    return null;
  }

  private static Value lineage(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    LineageItem item = activation.item(step.inputs()[0]);
    if (item == null) {
      throw new OperandException("'lineage' needs tracing, which --reuse none turns off");
    }
    return Scalar.of(TraceText.of(item));
  }

  private static Value exists(
      ControlContext context, Activation activation, EffectStep step, Value[] inputs) {
    long slot = step.operation.operation().attributes().getLong("slot", -1);
    return Scalar.of(slot >= 0 && activation.values[(int) slot] != null);
  }
}
