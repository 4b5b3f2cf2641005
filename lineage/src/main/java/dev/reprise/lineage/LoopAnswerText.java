package dev.reprise.lineage;

import dev.reprise.lineage.LoopAnswer.Entry;
import dev.reprise.lineage.LoopAnswer.Iterations;
import dev.reprise.lineage.LoopAnswer.Level;
import dev.reprise.lineage.LoopAnswer.Part;
import java.util.List;

/** An answer on loops for people: steps a line each, then what iterations of loops contain. */
public final class LoopAnswerText {
  private static final int SHOWN = 8;

  private LoopAnswerText() {}

  /** The text, each line with its end; {@code none} when nothing was reached. */
  public static String of(LoopAnswer answer) {
    StringBuilder text = new StringBuilder();
    for (int step : answer.steps()) {
      append(answer.line(step), answer.placeOf(step), text);
    }
    for (Part part : answer.parts()) {
      String separator = "";
      for (Level level : part.levels()) {
        text.append(separator);
        append(level, text);
        separator = "; in each of them ";
      }
      text.append(":\n");
      for (Entry entry : part.entries()) {
        append("  " + entry.text(), entry.place(), text);
      }
    }
    for (String output : answer.outputs()) {
      text.append(output.equals(Trace.UNNAMED) ? "the output" : "output " + output).append('\n');
    }
    return text.isEmpty() ? "none\n" : text.toString();
  }

  private static void append(String line, String place, StringBuilder text) {
    text.append(line).append(place.isEmpty() ? "" : "   # " + place).append('\n');
  }

  private static void append(Level level, StringBuilder text) {
    text.append("loop ").append(level.loop());
    if (level.around() != null) {
      text.append(" around ").append(level.around().text());
    }
    text.append(", patch ").append(level.patch()).append(", ");
    List<Iterations> all = level.iterations();
    boolean isOne = level.count() == 1 && all.size() == 1;
    if (!level.isAll()) {
      text.append(level.count()).append(" of the ");
    }
    text.append(isOne ? "iteration " : "iterations ");
    for (int i = 0; i < Math.min(SHOWN, all.size()); i++) {
      text.append(i == 0 ? "" : ", ").append(all.get(i));
    }
    if (all.size() > SHOWN) {
      text.append(" and ").append(all.size() - SHOWN).append(" more spans");
    }
  }
}
