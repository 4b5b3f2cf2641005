package dev.reprise.engine;

import dev.reprise.language.program.Procedure;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;

/** A procedure whose instructions are bound to what executes them. Immutable once linked. */
final class LinkedProcedure {
  private final Procedure procedure;
  private final Scalar[] constants;
  private final LineageItem[] constantItems;
  private final Node[] body;
  private final LinkedCode[] defaults;

  LinkedProcedure(
      Procedure procedure, LineageItem[] constantItems, Node[] body, LinkedCode[] defaults) {
    this.procedure = procedure;
    this.constants = procedure.constants().toArray(Scalar[]::new);
    this.constantItems = constantItems;
    this.body = body;
    this.defaults = defaults;
  }

  String name() {
    return procedure.name();
  }

  Procedure procedure() {
    return procedure;
  }

  int slotCount() {
    return procedure.slotCount();
  }

  Scalar[] constants() {
    return constants;
  }

  LineageItem[] constantItems() {
    return constantItems;
  }

  Node[] body() {
    return body;
  }

  /** Code of a parameter's default, or null when the parameter is required. */
  LinkedCode defaultOf(int parameter) {
    return defaults[parameter];
  }
}
