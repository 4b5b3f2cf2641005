package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.lineage.Patch.PatchValue;
import dev.reprise.runtime.operation.Operation;

/** The words of format version 2 for the parts of a patch. */
final class PatchWords {
  private PatchWords() {}

  /**
   * Appends an operation or inner loop and its operands.
   *
   * @param body the number of an inner loop's body, as text; not used for operations
   */
  static void appendNode(Patch patch, int node, String body, StringBuilder line) {
    line.append('$').append(node + 1).append(" = ");
    if (patch.nodes[node] instanceof Operation operation) {
      line.append(TraceWriter.textOf(operation));
    } else {
      line.append(TraceSyntax.LOOP).append(' ');
      line.append(((InnerRun) patch.nodes[node]).body() == null ? "?" : body);
    }
    for (int i = patch.starts[node]; i < patch.starts[node + 1]; i++) {
      line.append(' ');
      appendRef(patch, patch.refs[i], line);
    }
  }

  static void appendValue(int number, PatchValue value, StringBuilder line) {
    line.append('?').append(number + 1).append(" = ");
    if (value.constant() == null) {
      line.append(TraceSyntax.COLUMN).append(' ').append(value.kind().label());
    } else {
      appendContent(value.constant(), line);
      appendNote(value.constant(), line);
    }
  }

  /** Appends a literal or operation without inputs. */
  static void appendContent(LineageItem item, StringBuilder line) {
    if (item.isLiteral()) {
      TraceWriter.append(item.literalOrNull(), line);
    } else {
      line.append(TraceWriter.textOf(item.operation()));
    }
  }

  static void appendNote(LineageItem item, StringBuilder line) {
    if (item.note() != null) {
      line.append(" @ ");
      TraceSyntax.writeQuoted(line, item.note());
    }
  }

  static void appendRef(Patch patch, int ref, StringBuilder line) {
    int index = Ref.index(ref);
    switch (Ref.kind(ref)) {
      case Ref.NODE -> line.append('$').append(index + 1);
      case Ref.CARRIED -> line.append('^').append(index + 1);
      case Ref.OUTER -> line.append('&').append(index + 1);
      case Ref.VALUE -> line.append('?').append(index + 1);
      case Ref.INNER ->
          line.append('$')
              .append(patch.innerOutputs[2 * index] + 1)
              .append('^')
              .append(patch.innerOutputs[2 * index + 1] + 1);
      default -> line.append('-');
    }
  }
}
