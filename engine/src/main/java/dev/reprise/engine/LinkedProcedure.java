package dev.reprise.engine;

import dev.reprise.engine.region.Callee;
import dev.reprise.engine.region.Region;
import dev.reprise.language.program.Procedure;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;

/**
 * A procedure whose instructions are bound to what executes them. Immutable once linked, but for
 * what its region learns.
 */
final class LinkedProcedure implements Callee {
  private final Procedure procedure;
  private final Scalar[] constants;
  private final LineageItem[] constantItems;
  private final Node[] body;
  private final LinkedCode[] defaults;
  private final String calledAs;
  private final Region region;

  /**
   * @param calledAs the name under which the program finds it
   * @param region the body as something that may be reused as a whole; null when nothing is
   */
  LinkedProcedure(
      Procedure procedure,
      String calledAs,
      Region region,
      LineageItem[] constantItems,
      Node[] body,
      LinkedCode[] defaults) {
    this.calledAs = calledAs;
    this.region = region;
    this.procedure = procedure;
    this.constants = procedure.constants().toArray(Scalar[]::new);
    this.constantItems = constantItems;
    this.body = body;
    this.defaults = defaults;
  }

  String name() {
    return procedure.name();
  }

  @Override
  public String calledAs() {
    return calledAs;
  }

  @Override
  public Region region() {
    return region;
  }

  @Override
  public Procedure procedure() {
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
