import { startShop } from './postgres/shop-pair.ts';
import { testRowsApart } from './rows-apart.ts';

testRowsApart('postgres', () => startShop());
