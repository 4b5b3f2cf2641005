package dev.reprise.language.syntax;

import dev.reprise.language.DiagnosticPrinter;
import dev.reprise.language.Diagnostics;
import dev.reprise.language.Position;
import dev.reprise.language.SourceFile;
import dev.reprise.runtime.Scalar;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.StringJoiner;

/** Reads trees and shows their structure without positions. */
final class Trees {
  private Trees() {}

  static Script read(String text) {
    Diagnostics diagnostics = new Diagnostics(new SourceFile("test.dml", text));
    Script script = ScriptReader.read(diagnostics.file(), diagnostics);
    if (diagnostics.hasErrors()) {
      throw new AssertionError(DiagnosticPrinter.print(diagnostics.sorted()) + "\nin\n" + text);
    }
    return script;
  }

  /** The value of {@code x = text}, fully parenthesised. */
  static String parenthesised(String text) {
    Statement.Assign assign = (Statement.Assign) read("x = " + text).statements().getFirst();
    return parenthesised(assign.value());
  }

  private static String parenthesised(Expression expression) {
    return switch (expression) {
      case Expression.Unary unary -> "(" + unary.operator() + parenthesised(unary.operand()) + ")";
      case Expression.Binary binary ->
          "("
              + parenthesised(binary.left())
              + " "
              + binary.operator()
              + " "
              + parenthesised(binary.right())
              + ")";
      default -> ExpressionPrinter.print(expression);
    };
  }

  /** Every record with all its components but positions. */
  static String structure(Object tree) {
    return switch (tree) {
      case null -> "null";
      case Collection<?> many -> {
        StringJoiner joiner = new StringJoiner(", ", "[", "]");
        many.forEach(one -> joiner.add(structure(one)));
        yield joiner.toString();
      }
      case Scalar scalar -> scalar.toString();
      case Record node -> {
        StringJoiner joiner = new StringJoiner(", ", node.getClass().getSimpleName() + "(", ")");
        for (RecordComponent component : node.getClass().getRecordComponents()) {
          boolean typeText = component.getName().equals("typeText");
          if (component.getType() != Position.class && !typeText) {
            joiner.add(structure(valueOf(component, node)));
          }
        }
        yield joiner.toString();
      }
      default -> tree.toString();
    };
  }

  private static Object valueOf(RecordComponent component, Record node) {
    try {
      return component.getAccessor().invoke(node);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
