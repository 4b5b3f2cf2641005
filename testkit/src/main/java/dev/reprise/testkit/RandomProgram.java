package dev.reprise.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A script as a tree of statements, so that it can be made smaller while it still fails. */
public record RandomProgram(List<Statement> statements) {

  /**
   * A statement: fixed lines with blocks of further statements between them, such as {@code if
   * (...) {}, a block, {@code } else {}, a block, {@code }}.
   *
   * @param lines one more than blocks
   */
  public record Statement(List<String> lines, List<List<Statement>> blocks) {

    public Statement {
      lines = List.copyOf(lines);
      blocks = List.copyOf(blocks);
    }

    static Statement simple(String line) {
      return new Statement(List.of(line), List.of());
    }

    private Statement withBlock(int index, List<Statement> block) {
      List<List<Statement>> changed = new ArrayList<>(blocks);
      changed.set(index, block);
      return new Statement(lines, changed);
    }
  }

  public RandomProgram {
    statements = List.copyOf(statements);
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    append(statements, "", text);
    return text.toString();
  }

  private static void append(List<Statement> statements, String indent, StringBuilder text) {
    for (Statement statement : statements) {
      for (int i = 0; i < statement.lines.size(); i++) {
        text.append(indent).append(statement.lines.get(i)).append('\n');
        if (i < statement.blocks.size()) {
          append(statement.blocks.get(i), indent + "  ", text);
        }
      }
    }
  }

  /**
   * Programs with less in them, the smallest first: some statements left out, or a block in the
   * place of the statement around it. They need not be correct.
   */
  public List<RandomProgram> smaller() {
    return smaller(statements).stream().map(RandomProgram::new).toList();
  }

  /**
   * This less every statement without which the rest still is as wanted, such as failing in some
   * way.
   */
  public RandomProgram smallestThat(Predicate<RandomProgram> isWanted) {
    return smaller().stream()
        .filter(isWanted)
        .findFirst()
        .map(found -> found.smallestThat(isWanted))
        .orElse(this);
  }

  private static List<List<Statement>> smaller(List<Statement> statements) {
    List<List<Statement>> found = new ArrayList<>();
    for (int length = (statements.size() + 1) / 2; length >= 1; length /= 2) {
      for (int at = statements.size() - length; at >= 0; at -= length) {
        found.add(replaced(statements, at, length, List.of()));
      }
    }
    for (int at = statements.size() - 1; at >= 0; at--) {
      Statement statement = statements.get(at);
      for (int b = 0; b < statement.blocks.size(); b++) {
        List<Statement> block = statement.blocks.get(b);
        found.add(replaced(statements, at, 1, block));
        for (List<Statement> less : smaller(block)) {
          found.add(replaced(statements, at, 1, List.of(statement.withBlock(b, less))));
        }
      }
    }
    return found;
  }

  private static List<Statement> replaced(
      List<Statement> statements, int at, int length, List<Statement> by) {
    List<Statement> changed = new ArrayList<>(statements.subList(0, at));
    changed.addAll(by);
    changed.addAll(statements.subList(at + length, statements.size()));
    return changed;
  }
}
