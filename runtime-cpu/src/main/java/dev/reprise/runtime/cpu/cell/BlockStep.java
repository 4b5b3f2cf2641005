package dev.reprise.runtime.cpu.cell;

/**
 * One step over blocks of cells that lie in the processor's caches: reads some registers and
 * scalars, writes one register. Stateless, usable from any thread.
 */
public abstract class BlockStep {

  protected BlockStep() {}

  /**
   * Runs the step.
   *
   * @param registers arrays of at least {@code n} cells; the output may be one of the inputs
   * @param n number of cells
   */
  public abstract void run(Registers registers, int n);
}
