package dev.reprise.language.syntax;

import dev.reprise.language.Position;
import dev.reprise.language.program.Procedure.DeclaredType;
import java.util.List;

/** A function definition. */
public record Function(
    String name,
    List<Parameter> parameters,
    List<Parameter> results,
    List<Statement> body,
    Position position) {

  /**
   * A parameter or result.
   *
   * @param typeText the type as written
   * @param defaultValue null when there is none
   */
  public record Parameter(
      DeclaredType type,
      String typeText,
      String name,
      Expression defaultValue,
      Position position) {}
}
