/**
 * Files that are dropped beside a drop zone are refused: left to itself the browser would open them in place of the page,
 * and with the page all uploads would be lost.
 */
export function guardDrops(target: Window): void {
  target.addEventListener('dragover', (event) => {
    if (event.defaultPrevented || event.dataTransfer === null) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'none';
  });
  target.addEventListener('drop', (event) => event.preventDefault());
}
